using System.Text.Json.Nodes;
using Connections.Connectors;
using Connections.Domain;
using Connectors.Tests.Transfers;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Time.Testing;

namespace Connectors.Tests.Ocr;

/// <summary>The result of a job, which is read in several answers, and by several attempts.</summary>
public sealed class TextractResultTests
{
    private const string Get = "POST GetDocumentTextDetection";

    private static readonly byte[] Pdf = TextractConnection.Pdf;

    [Fact]
    public async Task A_limit_on_requests_in_the_middle_of_the_result_reads_no_page_twice()
    {
        await using var textract = await TextractDouble.Start();
        await using var connection = new TextractConnection(textract.Address);
        textract.Result = [TextractDouble.Lines(1), TextractDouble.Lines(2), TextractDouble.Lines(3)];
        textract.Script = (sent, number, context) => sent == Get && number is 3 or 4
            ? TextractDouble.Error(context, "ProvisionedThroughputExceededException") : Task.FromResult(false);
        Assert.IsType<ConnectorResult.Pending>(await connection.Run(Pdf));
        Assert.IsType<ConnectorResult.Pending>(await connection.Run(Pdf));
        Assert.Equal(FailureKind.Throttled, Assert.IsType<ConnectorResult.Failed>(await connection.Run(Pdf)).Kind);
        Assert.Equal("page 1\npage 2\npage 3", (await connection.Done(Pdf)).GetProperty("text").GetString());
        Assert.Equal(["", "page-1", "page-2", "page-2", "page-2"], Tokens(textract));
        await connection.Done(Pdf); // the worker was lost before the outcome was recorded
        Assert.Equal("page-2", Assert.Single(Tokens(textract).Skip(5)));
    }

    [Fact]
    public async Task A_failure_of_Textract_in_the_middle_of_the_result_reads_no_page_twice()
    {
        await using var textract = await TextractDouble.Start();
        await using var connection = new TextractConnection(textract.Address);
        textract.Result = [TextractDouble.Lines(1), TextractDouble.Lines(2), TextractDouble.Lines(3)];
        textract.Script = (sent, number, context) =>
            sent == Get && number == 3 ? TextractDouble.Error(context, "InternalServerError", 500) : Task.FromResult(false);
        for (var attempts = 1; attempts <= 2; attempts++) Assert.IsType<ConnectorResult.Pending>(await connection.Run(Pdf));
        Assert.Equal("page 1\npage 2\npage 3", (await connection.Done(Pdf)).GetProperty("text").GetString());
        Assert.Equal(["", "page-1", "page-2", "page-2"], Tokens(textract));
    }

    [Fact]
    public async Task A_token_that_an_earlier_attempt_stored_is_not_followed_again()
    {
        await using var textract = await TextractDouble.Start();
        await using var connection = new TextractConnection(textract.Address);
        textract.Script = async (sent, number, context) =>
        {
            if (sent != Get) return false;
            if (number == 2) return await TextractDouble.Error(context, "ThrottlingException");
            await context.Response.WriteAsync("""{"JobStatus":"SUCCEEDED","Blocks":[],"NextToken":"again"}""");
            return true;
        };
        Assert.Equal(FailureKind.Unavailable, (await connection.Fails(Pdf)).Kind);
        Assert.Equal(["", "again", "again", "again", "again"], Tokens(textract)); // the last three: the tries of the last attempt
    }

    [Fact]
    public async Task A_token_that_is_repeated_ends_the_reading()
    {
        await using var textract = await TextractDouble.Start();
        await using var connection = new TextractConnection(textract.Address);
        textract.Script = async (sent, _, context) =>
        {
            if (sent != Get) return false;
            await context.Response.WriteAsync("""{"JobStatus":"SUCCEEDED","Blocks":[],"NextToken":"again"}""");
            return true;
        };
        Assert.Equal(FailureKind.Unavailable, (await connection.Fails(Pdf)).Kind);
        Assert.InRange(textract.Kinds.Count(sent => sent == Get), 2, 6); // three tries within the attempt
    }

    [Fact]
    public async Task A_result_that_takes_longer_than_an_attempt_is_continued()
    {
        var clock = new FakeTimeProvider();
        await using var textract = await TextractDouble.Start();
        await using var connection = new TextractConnection(textract.Address, clock: clock);
        (textract.Pages, textract.Result) = (5, [.. Enumerable.Range(1, 5).Select(TextractDouble.Lines)]);
        textract.Answering = context =>
        {
            var isRead = context.Request.Headers["X-Amz-Target"].ToString().Contains(".Get", StringComparison.Ordinal);
            if (isRead) clock.Advance(TimeSpan.FromSeconds(8));
            return Task.CompletedTask;
        };
        Assert.Equal("page 1\npage 2\npage 3\npage 4\npage 5", (await connection.Done(Pdf)).GetProperty("text").GetString());
        Assert.Equal(["", "page-1", "page-2", "page-3", "page-4"], Tokens(textract));
        Assert.Equal(
            [new StageProgress(2, 5, "pages"), new StageProgress(4, 5, "pages")], ((StageInMemory)connection.Stage).Progress.TakeLast(2));
    }

    [Fact]
    public async Task An_attempt_leaves_time_to_keep_what_it_has_read_in_a_slow_file_store()
    {
        var clock = new FakeTimeProvider();
        await using var textract = await TextractDouble.Start();
        await using var connection = new TextractConnection(textract.Address, clock: clock);
        connection.Files.Completing = _ => clock.Advance(TimeSpan.FromSeconds(6));
        (textract.Pages, textract.Result) = (40, [.. Enumerable.Range(1, 40).Select(TextractDouble.Lines)]);
        textract.Script = (sent, _, _) =>
        {
            if (sent == Get) clock.Advance(TimeSpan.FromSeconds(1));
            return Task.FromResult(false);
        };
        Assert.EndsWith("\npage 40", (await connection.Done(Pdf)).GetProperty("text").GetString(), StringComparison.Ordinal);
        Assert.Equal(40, Tokens(textract).Distinct().Count());
        Assert.Equal(40, Tokens(textract).Count());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_result_that_is_too_large_for_the_memory_is_rejected_unless_few_pages_are_wanted(bool some)
    {
        const int answers = 20;
        var text = new string('x', 4 * 1024 * 1024);
        await using var textract = await TextractDouble.Start();
        await using var connection = new TextractConnection(textract.Address);
        textract.Script = async (sent, number, context) =>
        {
            if (sent != Get || number > answers) return false;
            var block = $$"""{"BlockType":"LINE","Id":"{{number}}","Page":1,"Text":"{{text}}"}""";
            var next = number == answers ? "page-1" : $"{number}";
            await context.Response.WriteAsync($$"""{"JobStatus":"SUCCEEDED","NextToken":"{{next}}","Blocks":[{{block}}]}""");
            return true;
        };
        textract.Result = [TextractDouble.Lines(1), TextractDouble.Lines(2)];
        if (some)
        {
            Assert.Equal("page 2", (await connection.Done(Pdf, new { pages = (int[])[2] })).GetProperty("text").GetString());
            return;
        }

        var failed = await connection.Fails(Pdf);
        Assert.Equal((FailureKind.InvalidInput, Delivered.Yes), (failed.Kind, failed.Delivered));
        Assert.Contains("Split", failed.Message, StringComparison.Ordinal);
        Assert.Empty(textract.Objects);
    }

    [Fact]
    public async Task A_result_of_which_a_part_has_expired_is_read_anew()
    {
        await using var textract = await TextractDouble.Start();
        await using var connection = new TextractConnection(textract.Address);
        textract.Result = [TextractDouble.Lines(1), TextractDouble.Lines(2)];
        textract.Script = (sent, number, context) =>
            sent == Get && number == 2 ? TextractDouble.Error(context, "ThrottlingException") : Task.FromResult(false);
        Assert.IsType<ConnectorResult.Pending>(await connection.Run(Pdf));
        Assert.IsType<ConnectorResult.Pending>(await connection.Run(Pdf));
        connection.Files.Stored.Clear();
        Assert.Equal("page 1\npage 2", (await connection.Done(Pdf)).GetProperty("text").GetString());
        Assert.Equal(["", "page-1", "", "page-1"], Tokens(textract));
    }

    private static IEnumerable<string> Tokens(TextractDouble textract) => textract.Requests
        .Where(request => request.Headers.GetValueOrDefault("X-Amz-Target") == "Textract.GetDocumentTextDetection")
        .Select(request => (string?)JsonNode.Parse(request.Body)!["NextToken"] ?? "");
}
