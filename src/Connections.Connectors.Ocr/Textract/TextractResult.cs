using System.Text.Json;
using Connections.Connectors.Catalogue;
using Connections.Connectors.Ocr;
using Connections.Domain;

namespace Connections.Connectors.Textract;

/// <summary>Takes the result of a job, which has many pages of its own.</summary>
internal sealed class TextractResult(
    TextractApi api, ConnectionUse use, IStage stage, TextractInput input, ResultParts<TextractBlock> parts, TimeProvider clock)
{
    // Some thousand dense pages of text, or a thousand with tables and forms.
    private const long MaxBytes = 128 * 1024 * 1024;
    private const int BlocksPerAnswer = 1000;
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan MinDelay = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan MaxDelay = TimeSpan.FromMinutes(1);

    private readonly AttemptTime time = new(use.Timeout, clock);
    private List<TextractBlock> blocks = [];
    private HashSet<string> warnings = [];
    private int known;
    private int reached;
    private long size;
    private long? total;

    /// <summary>How long to wait before the next attempt. A long job is asked for less often.</summary>
    public static TimeSpan Delay(TimeSpan running)
    {
        var delay = running / 4;
        return delay < MinDelay ? MinDelay : delay > MaxDelay ? MaxDelay : delay;
    }

    public async Task<(ExtractedText? Text, ConnectorResult? Instead)> Read(JobState state, CancellationToken ct)
    {
        if (await parts.Read(state.Parts, ct) is { } read) blocks = read;
        else state = state with { Next = null, Parts = [], Warnings = [], Reached = 0 };
        (known, reached, warnings) = (blocks.Count, state.Reached, [.. state.Warnings]);
        size = blocks.Sum(block => block.EstimateBytes());
        HashSet<string> seen = state.Next is { } begun ? [begun] : [];
        for (var (next, answers) = (state.Next, 0); ; answers++)
        {
            var mayKeep = answers > 0 && parts.Available;
            if (mayKeep && !time.HasRoom()) return (null, await Keep(state, next, Soon, ct));
            var (answer, failure) = await Get(state.Job!, next, ct);
            if (mayKeep && failure is { Kind: FailureKind.Throttled or FailureKind.Unavailable })
                return (null, await Keep(state, next, failure.RetryAfter ?? MinDelay, ct));
            if ((failure ?? Judge(answer, state)) is { } instead) return (null, instead);
            Add(answer);
            if (size > MaxBytes) return (null, TooLarge);
            next = Json.Given(answer, "NextToken");
            if (next is null) return (TextractText.Create(blocks, input, warnings), null);
            if (!seen.Add(next)) return (null, Repeated);
        }
    }

    private Task<(JsonElement Answer, ConnectorResult.Failed? Failure)> Get(string job, string? next, CancellationToken ct) => api.Send(
        input.HasFeatures ? "GetDocumentAnalysis" : "GetDocumentTextDetection", writer =>
        {
            writer.WriteString("JobId", job);
            writer.WriteNumber("MaxResults", BlocksPerAnswer);
            if (next is not null) writer.WriteString("NextToken", next);
        }, ct);

    /// <returns>Null: the answer has a part of the result.</returns>
    private ConnectorResult? Judge(JsonElement answer, JobState state) => Json.Text(answer, "JobStatus") switch
    {
        "SUCCEEDED" or "PARTIAL_SUCCESS" => null,
        "IN_PROGRESS" => new ConnectorResult.Pending(Delay(clock.GetUtcNow() - state.StartedAt)),
        "FAILED" => TextractFailures.Ended(Json.Given(answer, "StatusMessage")),
        _ => TextractFailures.NotAsDescribed()
    };

    private void Add(JsonElement answer)
    {
        foreach (var block in TextractBlock.Read(answer, input))
        {
            blocks.Add(block);
            size += block.EstimateBytes();
        }

        reached = TextractBlock.Items(answer, "Blocks").Select(TextractBlock.GetPage).Append(reached).Max();
        if (Json.Number(Json.Member(answer, "DocumentMetadata"), "Pages") is >= 0 and < 1e6 and var pages) total = (long)pages;
        foreach (var warning in TextractBlock.Items(answer, "Warnings"))
        {
            var unread = string.Join(", ", TextractBlock.Items(warning, "Pages").Select(page => page.GetRawText()));
            var which = unread.Length == 0 ? "some pages" : $"the pages {unread}";
            var text = $"Textract could not read {which} ({Json.Text(warning, "ErrorCode")}).";
            if (warnings.Add(text)) size += text.Length * sizeof(char);
        }
    }

    private async Task<ConnectorResult> Keep(JobState state, string? next, TimeSpan after, CancellationToken ct)
    {
        var part = await parts.Write(blocks[known..], ct);
        state = state with { Next = next, Parts = [.. state.Parts, part], Warnings = [.. warnings], Reached = reached };
        await stage.Save(state.Serialize(), new StageProgress(reached, total, "pages"), resumable: true, ct);
        return new ConnectorResult.Pending(after);
    }

    private static ConnectorResult.Failed TooLarge { get; } = new(
        FailureKind.InvalidInput, "The document has more text than can be put together here. Split it, or name fewer pages.", Delivered.Yes,
        Answered: true);

    private static ConnectorResult.Failed Repeated { get; } = new(
        FailureKind.Unavailable, "Textract named the same page of its result twice.", Delivered.Maybe, Answered: true);
}
