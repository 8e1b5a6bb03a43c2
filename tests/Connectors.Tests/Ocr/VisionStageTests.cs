using System.Text;
using System.Text.Json.Nodes;
using Connections.Connectors;
using Connections.Connectors.Files;
using Connections.Domain;
using Connectors.Tests.Descriptions;
using Connectors.Tests.Transfers;
using EventSourcing;
using Microsoft.Extensions.Time.Testing;

namespace Connectors.Tests.Ocr;

/// <summary>A document that takes longer than an attempt, or whose worker is lost, goes on after the last window that was read.</summary>
public sealed class VisionStageTests
{
    private const int Pages = 17;

    private static readonly byte[] Pdf = Encoding.ASCII.GetBytes("%PDF-1.7 …");
    private static readonly string Whole = string.Join('\n', Enumerable.Range(1, Pages).Select(number => $"page {number}"));

    private readonly List<string> windows = [];
    private readonly FilesInMemory files = new();

    [Theory]
    [InlineData(8, "1:[] 1:[6,7,8,9,10] 2:[11,12,13,14,15] 2:[16,17]")]
    [InlineData(20, "1:[] 2:[6,7,8,9,10] 3:[11,12,13,14,15] 4:[16,17]")]
    [InlineData(1, "1:[] 1:[6,7,8,9,10] 1:[11,12,13,14,15] 1:[16,17]")]
    public async Task A_document_that_is_not_read_in_time_is_continued(int seconds, string expected)
    {
        var (clock, stage) = (new FakeTimeProvider(), new StageInMemory());
        await using var vision = await VisionDouble.Start(files, clock);
        vision.Annotate = body =>
        {
            clock.Advance(TimeSpan.FromSeconds(seconds));
            return Read(body);
        };
        Assert.Equal(Whole, Text(await Finish(vision, stage)));
        Assert.Equal(expected, string.Join(' ', windows));
        Assert.Equal([5, 10, 15], stage.Progress.Select(progress => progress!.Done));
        Assert.All(stage.Progress, progress => Assert.Equal((Pages, "pages"), (progress!.Total, progress.Unit)));
    }

    [Fact]
    public async Task An_attempt_leaves_time_to_keep_a_window_in_a_slow_file_store()
    {
        var (clock, stage) = (new FakeTimeProvider(), new StageInMemory());
        await using var vision = await VisionDouble.Start(files, clock);
        files.Completing = _ => clock.Advance(TimeSpan.FromSeconds(8));
        vision.Annotate = body =>
        {
            clock.Advance(TimeSpan.FromSeconds(3));
            return Read(body);
        };
        Assert.Equal(Whole, Text(await Finish(vision, stage)));
        Assert.Equal(4, windows.Count);
    }

    [Fact]
    public async Task A_file_store_that_is_full_costs_no_window_twice()
    {
        var stage = new StageInMemory();
        await using var vision = await VisionDouble.Start(files);
        files.Completing = _ => throw new RejectedException("file.store-full", "The store is full.");
        vision.Annotate = Read;
        Assert.Equal(Whole, Text(await Run(vision, stage, 1)));
        Assert.Equal(4, windows.Count);
        Assert.Empty(stage.Progress);
    }

    [Fact]
    public async Task A_document_that_is_neither_read_in_time_nor_kept_fails_and_is_not_charged_again()
    {
        var clock = new FakeTimeProvider();
        await using var vision = await VisionDouble.Start(files, clock);
        files.Completing = _ => throw new FileStoreUnavailableException("No disk.");
        vision.Annotate = body =>
        {
            clock.Advance(TimeSpan.FromSeconds(11));
            return Read(body);
        };
        var failed = Assert.IsType<ConnectorResult.Failed>(await Finish(vision, new StageInMemory()));
        Assert.Equal(FailureKind.InvalidInput, failed.Kind);
        Assert.StartsWith("Only 10 pages were read in time", failed.Message, StringComparison.Ordinal);
        Assert.Equal(3, windows.Count);
    }

    [Fact]
    public async Task A_window_that_could_not_be_kept_is_kept_with_the_next_one()
    {
        var (clock, stage, stored) = (new FakeTimeProvider(), new StageInMemory(), 0);
        await using var vision = await VisionDouble.Start(files, clock);
        files.Completing = _ =>
        {
            if (++stored == 1) throw new RejectedException("file.store-full", "The store is full.");
        };
        vision.Annotate = body =>
        {
            clock.Advance(TimeSpan.FromSeconds(8));
            return Read(body);
        };
        Assert.Equal(Whole, Text(await Finish(vision, stage)));
        Assert.Equal("1:[] 1:[6,7,8,9,10] 2:[11,12,13,14,15] 2:[16,17]", string.Join(' ', windows));
        Assert.Equal([10, 15], stage.Progress.Select(progress => progress!.Done));
    }

    [Fact]
    public async Task An_outcome_that_was_not_recorded_costs_the_last_window_only()
    {
        var stage = new StageInMemory();
        await using var vision = await VisionDouble.Start(files);
        vision.Annotate = Read;
        for (var number = 1; number <= 2; number++) Assert.Equal(Whole, Text(await Run(vision, stage, number)));
        Assert.Equal("2:[16,17]", Assert.Single(windows.Skip(4)));
    }

    [Fact]
    public async Task A_window_is_read_again_only_if_its_worker_was_killed_before_the_stage_was_stored()
    {
        for (var point = 1; ; point++)
        {
            windows.Clear();
            var worker = new KilledWorker(point);
            await using var vision = await VisionDouble.Start(files);
            vision.Annotate = Read;
            var running = Run(vision, worker, 1);
            await Task.WhenAny(running, worker.Killed).WaitAsync(TimeSpan.FromSeconds(60));
            if (running.IsCompleted)
            {
                Assert.Equal(7, point); // before and after each of three saves
                break;
            }

            await using var other = await VisionDouble.Start(files);
            other.Annotate = Read;
            Assert.Equal(Whole, Text(await Run(other, worker.Successor(), 2)));
            Assert.Equal(point % 2 == 1 ? 5 : 4, windows.Count);
        }
    }

    [Fact]
    public async Task The_pages_that_could_not_be_read_are_told_by_a_later_attempt()
    {
        var stage = new StageInMemory();
        await using var vision = await VisionDouble.Start(files);
        vision.Annotate = body => windows.Count == 1 ? (503, "") : Read(body, unreadable: 2);
        Assert.Equal(FailureKind.Unavailable, Assert.IsType<ConnectorResult.Failed>(await Run(vision, stage, 1)).Kind);
        vision.Annotate = body => Read(body);
        var output = Assert.IsType<ConnectorResult.Done>(await Run(vision, stage, 2)).Output;
        Assert.StartsWith("Page 2: ", output.GetProperty("warnings")[0].GetString(), StringComparison.Ordinal);
        Assert.Equal(4, windows.Count);
    }

    [Fact]
    public async Task Pages_that_have_expired_are_read_anew()
    {
        var stage = new StageInMemory();
        await using var vision = await VisionDouble.Start(files);
        vision.Annotate = body => windows.Count == 2 ? (503, "") : Read(body);
        Assert.IsType<ConnectorResult.Failed>(await Run(vision, stage, 1));
        files.Stored.Clear();
        vision.Annotate = Read;
        Assert.Equal(Whole, Text(await Run(vision, stage, 2)));
        Assert.Equal(2 + 4, windows.Count);
    }

    private int attempt;

    private async Task<ConnectorResult> Finish(VisionDouble vision, IStage stage)
    {
        for (var number = 1; number <= 10; number++)
            if (await Run(vision, stage, number) is not ConnectorResult.Pending and var result) return result;
        throw new InvalidOperationException("The document is not read.");
    }

    private Task<ConnectorResult> Run(VisionDouble vision, IStage stage, int number)
    {
        attempt = number;
        var input = new JsonObject { ["file"] = new JsonObject { ["name"] = "scan", ["base64"] = Convert.ToBase64String(Pdf) } };
        return vision.Run(input, vision.Use() with { Stage = stage, Activity = Guid.CreateVersion7() }, TimeSpan.FromSeconds(30));
    }

    private (int Status, string Body) Read(JsonNode body) => Read(body, unreadable: null);

    private (int Status, string Body) Read(JsonNode body, int? unreadable)
    {
        var wanted = body["requests"]![0]!["pages"]?.AsArray().Select(page => (int)page!).ToList();
        windows.Add($"{attempt}:[{string.Join(',', wanted ?? [])}]");
        var answers = (wanted ?? [1, 2, 3, 4, 5]).Select(number => number == unreadable
            ? """{"error":{"code":3,"message":"Bad image data."}}"""
            : """{"fullTextAnnotation":{"pages":[{"width":595,"height":842,"blocks":[{"paragraphs":[{"words":[{"symbols":[{"text":"page N"}]}]}]}]}]}}"""
                .Replace("N\"", $"{number}\"", StringComparison.Ordinal));
        return (200, $$"""{"responses":[{"totalPages":{{Pages}},"responses":[{{string.Join(',', answers)}}]}]}""");
    }

    private static string? Text(ConnectorResult result) =>
        Assert.IsType<ConnectorResult.Done>(result).Output.GetProperty("text").GetString();
}
