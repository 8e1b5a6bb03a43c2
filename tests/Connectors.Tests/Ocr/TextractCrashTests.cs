using Connections.Connectors;
using Connectors.Tests.Descriptions;
using Connectors.Tests.Transfers;

namespace Connectors.Tests.Ocr;

/// <summary>The worker is killed at each request, before its answer arrives, and before and after each save of the stage.</summary>
public sealed class TextractCrashTests
{
    private const int MaxPoints = 100;

    private static readonly byte[] Large = [.. TextractConnection.Pdf, .. new byte[20 * 1024 * 1024]];

    [Theory]
    [InlineData(false, false, 10)]
    [InlineData(true, false, 14)]
    [InlineData(false, true, 12)]
    public async Task A_job_is_started_once_wherever_its_worker_is_killed(bool large, bool limited, int fewest)
    {
        var document = large ? Large : TextractConnection.Pdf;
        var points = 0;
        while (await IsKilled(document, limited, points + 1))
            if (++points == MaxPoints) Assert.Fail("The job does not end.");
        Assert.InRange(points, fewest, MaxPoints);
    }

    /// <param name="limited">Whether Textract limits the requests once, in the middle of the result.</param>
    /// <returns>False: the worker ended before it reached the point.</returns>
    private static async Task<bool> IsKilled(byte[] document, bool limited, int point)
    {
        var (worker, files, activity, id) = (new KilledWorker(point), new FilesInMemory(), Guid.CreateVersion7(), Guid.CreateVersion7());
        await using var textract = await TextractDouble.Start();
        textract.Busy = 1;
        textract.Result = [TextractDouble.Blocks(TextractDouble.Line(1, "one")), TextractDouble.Blocks(TextractDouble.Line(2, "two"))];
        textract.Script = (_, _, context) =>
        {
            if (!limited || !textract.Requests[^1].Body.Contains("NextToken", StringComparison.Ordinal)) return Task.FromResult(false);
            limited = false;
            return TextractDouble.Error(context, "ThrottlingException");
        };
        textract.Answering = context => worker.Reach(context.RequestAborted);
        await using var first = new TextractConnection(textract.Address, stage: worker, files: files) { Id = id, Activity = activity };
        using var end = new CancellationTokenSource();
        var running = Finish(first, document, end.Token);
        await Task.WhenAny(running, worker.Killed).WaitAsync(TimeSpan.FromSeconds(60), CancellationToken.None);
        var killed = !running.IsCompleted;

        textract.Answering = _ => Task.CompletedTask;
        await using var second = new TextractConnection(textract.Address, stage: worker.Successor(), files: files)
        {
            Id = id,
            Activity = activity
        };
        var result = await (killed ? Finish(second, document, default) : running);
        Assert.Equal("one\ntwo", Assert.IsType<ConnectorResult.Done>(result).Output.GetProperty("text").GetString());
        Assert.Equal((1, 0), (textract.Jobs, textract.Objects.Count()));
        await end.CancelAsync();
        await running;
        return killed;
    }

    private static async Task<ConnectorResult> Finish(TextractConnection connection, byte[] document, CancellationToken ct)
    {
        while (true)
            if (await connection.Run(document, ct: ct) is not ConnectorResult.Pending and var result) return result;
    }
}
