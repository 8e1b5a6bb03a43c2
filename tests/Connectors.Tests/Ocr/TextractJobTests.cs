using System.Text.Json.Nodes;
using Connections.Connectors;
using Connections.Domain;
using Connectors.Tests.S3;
using Connectors.Tests.Transfers;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Time.Testing;

namespace Connectors.Tests.Ocr;

/// <summary>Documents of several pages, which Textract reads in a bucket.</summary>
public sealed class TextractJobTests
{
    private const string Start = "POST StartDocumentTextDetection";
    private const string Get = "POST GetDocumentTextDetection";

    private static readonly byte[] Pdf = TextractConnection.Pdf;

    [Fact]
    public async Task A_document_goes_through_the_bucket_and_no_worker_waits_for_the_job()
    {
        await using var textract = await TextractDouble.Start();
        await using var connection = new TextractConnection(textract.Address);
        (textract.Busy, textract.Result) = (2, [Lines(1), Lines(2), Lines(3)]);
        for (var attempts = 1; attempts <= 3; attempts++) Assert.IsType<ConnectorResult.Pending>(await connection.Run(Pdf));
        Assert.Equal("page 1\npage 2\npage 3", (await connection.Done(Pdf)).GetProperty("text").GetString());
        Assert.Equal(["PUT", Start, Get, Get, Get, Get, Get, "DELETE"], textract.Kinds);
        Assert.Equal((1, 0), (textract.Jobs, textract.Objects.Count()));
        var started = JsonNode.Parse(textract.Requests[1].Body)!;
        Assert.Equal($"{connection.Activity:n}", (string?)started["ClientRequestToken"]);
        Assert.Equal($"connections/extract-text/{connection.Activity:n}", (string?)started["DocumentLocation"]!["S3Object"]!["Name"]);
        var nothingRead = new StageProgress(0, null, "pages");
        Assert.Equal([nothingRead, nothingRead], ((StageInMemory)connection.Stage).Progress);
        Assert.True(connection.Stage.Resumable);
    }

    [Fact]
    public async Task A_large_document_is_uploaded_in_parts_and_found_by_its_first_bytes()
    {
        await using var textract = await TextractDouble.Start();
        await using var connection = new TextractConnection(textract.Address);
        await connection.Done([.. "II*\0"u8, .. new byte[20 * 1024 * 1024]], new { tables = true });
        Assert.Equal(
            [
                "POST uploads", "PUT partNumber", "PUT partNumber", "PUT partNumber", "POST uploadId", "POST StartDocumentAnalysis",
                "POST GetDocumentAnalysis", "DELETE"
            ],
            textract.Kinds);
        Assert.Empty(textract.Objects);
    }

    [Fact]
    public async Task Only_the_pages_that_are_wanted_are_in_the_output()
    {
        await using var textract = await TextractDouble.Start();
        await using var connection = new TextractConnection(textract.Address);
        var output = await connection.Done(Pdf, new { pages = (int[])[2, 7] });
        Assert.Equal("two", output.GetProperty("text").GetString());
        Assert.Contains("all pages", output.GetProperty("warnings")[0].GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Pages_that_could_not_be_read_are_warnings()
    {
        await using var textract = await TextractDouble.Start();
        await using var connection = new TextractConnection(textract.Address);
        textract.Status = "PARTIAL_SUCCESS";
        const string warnings = """{"Blocks":[],"Warnings":[{"ErrorCode":"BAD_PAGE","Pages":[2,3]},{"ErrorCode":"OTHER"}]}""";
        textract.Result = [Lines(1), JsonNode.Parse(warnings)!.AsObject()];
        var output = await connection.Done(Pdf);
        Assert.Equal("page 1", output.GetProperty("text").GetString());
        Assert.Equal(
            ["Textract could not read the pages 2, 3 (BAD_PAGE).", "Textract could not read some pages (OTHER)."],
            output.GetProperty("warnings").EnumerateArray().Select(w => w.GetString()));
    }

    [Fact]
    public async Task A_job_that_failed_fails_the_activity_and_the_document_is_removed()
    {
        await using var textract = await TextractDouble.Start();
        await using var connection = new TextractConnection(textract.Address);
        textract.Status = "FAILED";
        textract.Result = [JsonNode.Parse("""{"StatusMessage":"INVALID_IMAGE_TYPE"}""")!.AsObject()];
        var failed = await connection.Fails(Pdf);
        Assert.Equal((FailureKind.InvalidInput, Delivered.Yes), (failed.Kind, failed.Delivered));
        Assert.Contains("INVALID_IMAGE_TYPE", failed.Message, StringComparison.Ordinal);
        Assert.Empty(textract.Objects);
    }

    [Theory]
    [InlineData(Start, "AccessDeniedException", FailureKind.Forbidden, true)]
    [InlineData(Start, "InvalidS3ObjectException", FailureKind.Forbidden, true)]
    [InlineData(Start, "UnsupportedDocumentException", FailureKind.InvalidInput, true)]
    [InlineData(Start, "IdempotentParameterMismatchException", FailureKind.InvalidInput, true)]
    [InlineData(Start, "LimitExceededException", FailureKind.Throttled, false)]
    [InlineData(Start, "ExpiredTokenException", FailureKind.ReauthRequired, false)]
    [InlineData(Get, "InvalidJobIdException", FailureKind.NotFound, true)]
    [InlineData(Get, "AccessDeniedException", FailureKind.Forbidden, true)]
    [InlineData(Get, "ThrottlingException", FailureKind.Throttled, false)]
    public async Task A_document_is_removed_with_a_failure_that_stays_and_kept_for_a_later_attempt(
        string at, string code, FailureKind kind, bool removed)
    {
        await using var textract = await TextractDouble.Start();
        await using var connection = new TextractConnection(textract.Address);
        textract.Script = (sent, _, context) => sent == at ? TextractDouble.Error(context, code) : Task.FromResult(false);
        Assert.Equal(kind, (await connection.Fails(Pdf)).Kind);
        Assert.Equal(removed, !textract.Objects.Any());
        if (kind != FailureKind.Throttled) return;
        textract.Script = (_, _, _) => Task.FromResult(false);
        await connection.Done(Pdf);
        Assert.Equal((1, 1, 0), (textract.Jobs, textract.Kinds.Count(sent => sent == "PUT"), textract.Objects.Count()));
    }

    [Fact]
    public async Task A_limit_on_requests_in_the_middle_of_the_result_reads_no_page_twice()
    {
        await using var textract = await TextractDouble.Start();
        await using var connection = new TextractConnection(textract.Address);
        textract.Result = [Lines(1), Lines(2), Lines(3)];
        textract.Script = (sent, number, context) => sent == Get && number is 3 or 4
            ? TextractDouble.Error(context, "ProvisionedThroughputExceededException") : Task.FromResult(false);
        Assert.IsType<ConnectorResult.Pending>(await connection.Run(Pdf));
        Assert.IsType<ConnectorResult.Pending>(await connection.Run(Pdf));
        Assert.Equal(FailureKind.Throttled, Assert.IsType<ConnectorResult.Failed>(await connection.Run(Pdf)).Kind);
        Assert.Equal("page 1\npage 2\npage 3", (await connection.Done(Pdf)).GetProperty("text").GetString());
        Assert.Equal(["", "page-1", "page-2", "page-2", "page-2"], Tokens(textract));
        Assert.Empty(connection.Files.Stored);
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
        (textract.Pages, textract.Result) = (5, [.. Enumerable.Range(1, 5).Select(Lines)]);
        textract.Answering = context =>
        {
            var isRead = context.Request.Headers["X-Amz-Target"].ToString().Contains(".Get", StringComparison.Ordinal);
            if (isRead) clock.Advance(TimeSpan.FromSeconds(10));
            return Task.CompletedTask;
        };
        Assert.Equal("page 1\npage 2\npage 3\npage 4\npage 5", (await connection.Done(Pdf)).GetProperty("text").GetString());
        Assert.Equal(["", "page-1", "page-2", "page-3", "page-4"], Tokens(textract));
        Assert.Equal(
            [new StageProgress(2, 5, "pages"), new StageProgress(4, 5, "pages")], ((StageInMemory)connection.Stage).Progress.TakeLast(2));
        Assert.Empty(connection.Files.Stored);
    }

    [Fact]
    public async Task A_result_of_which_a_part_has_expired_is_read_anew()
    {
        await using var textract = await TextractDouble.Start();
        await using var connection = new TextractConnection(textract.Address);
        textract.Result = [Lines(1), Lines(2)];
        textract.Script = (sent, number, context) =>
            sent == Get && number == 2 ? TextractDouble.Error(context, "ThrottlingException") : Task.FromResult(false);
        Assert.IsType<ConnectorResult.Pending>(await connection.Run(Pdf));
        Assert.IsType<ConnectorResult.Pending>(await connection.Run(Pdf));
        connection.Files.Stored.Clear();
        Assert.Equal("page 1\npage 2", (await connection.Done(Pdf)).GetProperty("text").GetString());
        Assert.Equal(["", "page-1", "", "page-1"], Tokens(textract));
    }

    [Fact]
    public async Task A_document_that_cannot_be_removed_is_a_warning()
    {
        await using var textract = await TextractDouble.Start();
        await using var connection = new TextractConnection(textract.Address);
        textract.Script = (sent, _, context) =>
            sent == "DELETE" ? AmazonDouble.Error(context, 403, "AccessDenied") : Task.FromResult(false);
        var warning = (await connection.Done(Pdf)).GetProperty("warnings")[0].GetString();
        Assert.Contains($"connections/extract-text/{connection.Activity:n}", warning, StringComparison.Ordinal);
    }

    private static JsonObject Lines(int page) => TextractDouble.Blocks(TextractDouble.Line(page, $"page {page}"));

    private static IEnumerable<string> Tokens(TextractDouble textract) => textract.Requests
        .Where(request => request.Headers.GetValueOrDefault("X-Amz-Target") == "Textract.GetDocumentTextDetection")
        .Select(request => (string?)JsonNode.Parse(request.Body)!["NextToken"] ?? "");
}
