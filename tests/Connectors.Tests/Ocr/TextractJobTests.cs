using System.Text.Json.Nodes;
using Connections.Connectors;
using Connections.Domain;
using Connectors.Tests.S3;
using Connectors.Tests.Transfers;
using Microsoft.AspNetCore.Http;

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
        (textract.Busy, textract.Result) = (2, [TextractDouble.Lines(1), TextractDouble.Lines(2), TextractDouble.Lines(3)]);
        for (var attempts = 1; attempts <= 3; attempts++) Assert.IsType<ConnectorResult.Pending>(await connection.Run(Pdf));
        Assert.Equal("page 1\npage 2\npage 3", (await connection.Done(Pdf)).GetProperty("text").GetString());
        Assert.Equal(["PUT", Start, Get, Get, Get, Get, Get, "DELETE"], textract.Kinds);
        Assert.Equal((1, 0), (textract.Jobs, textract.Objects.Count()));
        var started = JsonNode.Parse(textract.Requests[1].Body)!;
        Assert.Equal(connection.Token, (string?)started["ClientRequestToken"]);
        Assert.Equal($"connections/extract-text/{connection.Token}", (string?)started["DocumentLocation"]!["S3Object"]!["Name"]);
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
        textract.Result = [TextractDouble.Lines(1), JsonNode.Parse(warnings)!.AsObject()];
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

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    public async Task A_document_without_a_name_is_stored_and_read_once(string name)
    {
        await using var textract = await TextractDouble.Start();
        await using var connection = new TextractConnection(textract.Address) { Name = name };
        Assert.Equal("one\ntwo", (await connection.Done(Pdf)).GetProperty("text").GetString());
        Assert.Equal(["PUT", Start, Get, "DELETE"], textract.Kinds);
    }

    [Fact]
    public async Task Activities_with_the_same_id_in_two_workspaces_have_a_job_and_a_document_each()
    {
        await using var textract = await TextractDouble.Start();
        await using var first = new TextractConnection(textract.Address);
        await using var second = new TextractConnection(textract.Address) { Activity = first.Activity };
        foreach (var connection in (TextractConnection[])[first, second]) await connection.Run(Pdf);
        Assert.Equal((2, 2), (textract.Jobs, textract.Objects.Count()));
        foreach (var connection in (TextractConnection[])[first, second]) await connection.Done(Pdf);
        Assert.Empty(textract.Objects);
    }

    [Fact]
    public async Task A_document_that_cannot_be_removed_is_a_warning()
    {
        await using var textract = await TextractDouble.Start();
        await using var connection = new TextractConnection(textract.Address);
        textract.Script = (sent, _, context) =>
            sent == "DELETE" ? AmazonDouble.Error(context, 403, "AccessDenied") : Task.FromResult(false);
        var warning = (await connection.Done(Pdf)).GetProperty("warnings")[0].GetString();
        Assert.Contains($"connections/extract-text/{connection.Token}", warning, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_document_whose_removal_is_answered_with_a_web_page_is_a_warning()
    {
        await using var textract = await TextractDouble.Start();
        await using var connection = new TextractConnection(textract.Address);
        textract.Script = async (sent, _, context) =>
        {
            if (sent != "DELETE") return false;
            await context.Response.WriteAsync("<html>Sign in</html>");
            return true;
        };
        var warning = (await connection.Done(Pdf)).GetProperty("warnings")[0].GetString();
        Assert.Contains(connection.Token, warning, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_document_is_removed_when_the_time_of_the_attempt_ends_meanwhile()
    {
        using var end = new CancellationTokenSource();
        await using var textract = await TextractDouble.Start();
        await using var connection = new TextractConnection(textract.Address);
        textract.Script = async (sent, _, _) =>
        {
            if (sent == "DELETE") await end.CancelAsync();
            return false;
        };
        Assert.IsType<ConnectorResult.Pending>(await connection.Run(Pdf));
        var done = Assert.IsType<ConnectorResult.Done>(await connection.Run(Pdf, ct: end.Token));
        Assert.Equal(0, done.Output.GetProperty("warnings").GetArrayLength());
    }
}
