using System.Text;
using System.Text.Json.Nodes;
using Connections.Connectors;
using Connections.Connectors.Files;
using Connections.Domain;
using EventSourcing;

namespace Connectors.Tests.Ocr;

/// <summary>Documents of one page, which are read in one request.</summary>
public sealed class TextractTests
{
    private static readonly byte[] Png = TextractConnection.Png;

    [Fact]
    public async Task Lines_have_boxes_in_fractions_of_the_page_and_a_confidence_up_to_one()
    {
        await using var textract = await TextractDouble.Start();
        await using var connection = new TextractConnection(textract.Address);
        textract.Result =
        [
            Answer("""
                {"BlockType":"PAGE","Id":"p","Geometry":{"BoundingBox":{"Left":0,"Top":0,"Width":1,"Height":1},"RotationAngle":1.234}},
                {"BlockType":"LINE","Id":"l1","Text":"It is ä 😀","Confidence":98.76,"Geometry":{"BoundingBox":{"Left":0.1,"Top":0.2,"Width":0.3,"Height":0.05}}},
                {"BlockType":"WORD","Id":"w1","Text":"It"},
                {"BlockType":"LINE","Id":"l2","Text":"bare"}
                """)
        ];
        var output = await connection.Done(Png, new { languages = (string[])["de"] });
        Assert.Equal(
            """[{"number":1,"width":1,"height":1,"unit":"fraction","rotation":1.23,"lines":[{"text":"It is ä \uD83D\uDE00","confidence":0.9876,"box":[0.1,0.2,0.4,0.25]},{"text":"bare"}]}]""",
            output.GetProperty("pages").GetRawText());
        Assert.Equal("It is ä 😀\nbare", output.GetProperty("text").GetString());
        Assert.Contains("language", output.GetProperty("warnings")[0].GetString(), StringComparison.Ordinal);
        Assert.Equal(["POST DetectDocumentText"], textract.Kinds);
        Assert.Equal(Convert.ToBase64String(Png), (string?)JsonNode.Parse(textract.Requests[0].Body)!["Document"]!["Bytes"]);
    }

    [Fact]
    public async Task Tables_and_forms_are_put_together()
    {
        await using var textract = await TextractDouble.Start();
        await using var connection = new TextractConnection(textract.Address);
        textract.Result =
        [
            Answer("""
                {"BlockType":"WORD","Id":"w1","Text":"Sum"},{"BlockType":"WORD","Id":"w2","Text":"total"},{"BlockType":"WORD","Id":"w3","Text":"7"},
                {"BlockType":"SELECTION_ELEMENT","Id":"s1","SelectionStatus":"SELECTED"},{"BlockType":"SELECTION_ELEMENT","Id":"s2","SelectionStatus":"NOT_SELECTED"},
                {"BlockType":"TABLE","Id":"t","Page":1,"Relationships":[{"Type":"CHILD","Ids":["c1","c2","c3","c4"]},{"Type":"MERGED_CELL","Ids":["m"]},{"Type":"TABLE_TITLE","Ids":["x"]}]},
                {"BlockType":"CELL","Id":"c1","RowIndex":1,"ColumnIndex":1,"RowSpan":1,"ColumnSpan":1,"Relationships":[{"Type":"CHILD","Ids":["w1"]}]},
                {"BlockType":"CELL","Id":"c2","RowIndex":1,"ColumnIndex":2,"RowSpan":1,"ColumnSpan":1,"Relationships":[{"Type":"CHILD","Ids":["w2"]}]},
                {"BlockType":"CELL","Id":"c4","RowIndex":2,"ColumnIndex":2,"RowSpan":1,"ColumnSpan":1,"Confidence":50,"Relationships":[{"Type":"CHILD","Ids":["s1","gone"]}]},
                {"BlockType":"CELL","Id":"c3","RowIndex":2,"ColumnIndex":1,"RowSpan":1,"ColumnSpan":1},
                {"BlockType":"MERGED_CELL","Id":"m","RowIndex":1,"ColumnIndex":1,"RowSpan":1,"ColumnSpan":2,"Relationships":[{"Type":"CHILD","Ids":["c1","c2"]}]},
                {"BlockType":"KEY_VALUE_SET","Id":"k1","EntityTypes":["KEY"],"Confidence":90,"Page":1,"Relationships":[{"Type":"VALUE","Ids":["v1"]},{"Type":"CHILD","Ids":["w1","w2"]}]},
                {"BlockType":"KEY_VALUE_SET","Id":"v1","EntityTypes":["VALUE"],"Relationships":[{"Type":"CHILD","Ids":["w3","s2"]}]},
                {"BlockType":"KEY_VALUE_SET","Id":"k2","EntityTypes":["KEY"],"Relationships":[{"Type":"VALUE","Ids":["nowhere"]}]}
                """)
        ];
        var output = await connection.Done(Png, new { tables = true, keyValues = true });
        Assert.Equal(
            """[{"page":1,"rows":2,"columns":2,"cells":[{"row":1,"column":1,"rowSpan":1,"columnSpan":2,"text":"Sum total"},{"row":2,"column":1,"rowSpan":1,"columnSpan":1,"text":""},{"row":2,"column":2,"rowSpan":1,"columnSpan":1,"text":"[x]","confidence":0.5}]}]""",
            output.GetProperty("tables").GetRawText());
        Assert.Equal(
            """[{"key":"Sum total","value":"7 [ ]","confidence":0.9,"page":1},{"key":"","value":"","page":1}]""",
            output.GetProperty("keyValues").GetRawText());
        Assert.Equal("""["TABLES","FORMS"]""", JsonNode.Parse(textract.Requests[0].Body)!["FeatureTypes"]!.ToJsonString());

        await using var other = new TextractConnection(textract.Address);
        var forms = await other.Done(Png, new { keyValues = true });
        Assert.Equal((0, 2), (forms.GetProperty("tables").GetArrayLength(), forms.GetProperty("keyValues").GetArrayLength()));
    }

    [Theory]
    [InlineData("UnrecognizedClientException", 400, FailureKind.ReauthRequired)]
    [InlineData("InvalidSignatureException", 400, FailureKind.ReauthRequired)]
    [InlineData("ExpiredTokenException", 400, FailureKind.ReauthRequired)]
    [InlineData("AccessDeniedException", 400, FailureKind.Forbidden)]
    [InlineData("SubscriptionRequiredException", 400, FailureKind.Forbidden)]
    [InlineData("NotAuthorized", 400, FailureKind.Forbidden)]
    [InlineData("RequestExpired", 400, FailureKind.Operator)]
    [InlineData("InvalidS3ObjectException", 400, FailureKind.Forbidden)]
    [InlineData("InvalidKMSKeyException", 400, FailureKind.Forbidden)]
    [InlineData("ProvisionedThroughputExceededException", 400, FailureKind.Throttled)]
    [InlineData("ThrottlingException", 400, FailureKind.Throttled)]
    [InlineData("LimitExceededException", 400, FailureKind.Throttled)]
    [InlineData("UnsupportedDocumentException", 400, FailureKind.InvalidInput)]
    [InlineData("BadDocumentException", 400, FailureKind.InvalidInput)]
    [InlineData("DocumentTooLargeException", 400, FailureKind.InvalidInput)]
    [InlineData("InvalidParameterException", 400, FailureKind.InvalidInput)]
    [InlineData("SomethingNewException", 400, FailureKind.InvalidInput)]
    [InlineData("InternalServerError", 500, FailureKind.Unavailable)]
    [InlineData("ServiceUnavailableException", 503, FailureKind.Unavailable)]
    public async Task An_error_has_its_kind_and_only_one_of_the_credentials_marks_the_connection(string code, int status, FailureKind kind)
    {
        await using var textract = await TextractDouble.Start();
        await using var connection = new TextractConnection(textract.Address);
        textract.Script = (_, _, context) => TextractDouble.Error(context, code, status);
        var failed = await connection.Fails(Png);
        Assert.Equal(kind, failed.Kind);
        Assert.Contains(code, failed.Message, StringComparison.Ordinal);
        Assert.EndsWith($"({status}).", failed.Reason, StringComparison.Ordinal);
        Assert.Equal(kind != FailureKind.ReauthRequired, (await connection.Fails(Png)).Attempted);
    }

    [Theory]
    [InlineData("Signature expired: 20261130T000000Z is now earlier than 20261130T120000Z", FailureKind.Operator)]
    [InlineData("Signature not yet current: 20261130T000000Z is still later than 20261129T120000Z", FailureKind.Operator)]
    [InlineData("Credential should be scoped to a valid region.", FailureKind.InvalidInput)]
    [InlineData("The request signature we calculated does not match the signature you provided.", FailureKind.ReauthRequired)]
    [InlineData("", FailureKind.ReauthRequired)]
    public async Task A_wrong_clock_or_region_is_no_fault_of_the_key(string message, FailureKind kind)
    {
        await using var textract = await TextractDouble.Start();
        await using var connection = new TextractConnection(textract.Address);
        textract.Script = (_, _, context) => TextractDouble.Error(context, "InvalidSignatureException", message: message);
        Assert.Equal(kind, (await connection.Fails(Png)).Kind);
    }

    [Theory]
    [InlineData("plain text")]
    [InlineData("")]
    [InlineData("GIF89a…")]
    [InlineData("BM bitmap")]
    [InlineData("PK\u0003\u0004")]
    public async Task Another_kind_of_file_is_rejected_before_anything_is_sent(string content)
    {
        await using var textract = await TextractDouble.Start();
        await using var connection = new TextractConnection(textract.Address);
        var failed = await connection.Fails(Encoding.UTF8.GetBytes(content));
        Assert.Equal((FailureKind.InvalidInput, Delivered.No), (failed.Kind, failed.Delivered));
        Assert.Empty(textract.Requests);
    }

    [Theory]
    [InlineData(10 * 1024 * 1024, null)]
    [InlineData(10 * 1024 * 1024 + 1, "smaller")]
    public async Task An_image_has_at_most_ten_mebibytes(int size, string? problem)
    {
        await using var textract = await TextractDouble.Start();
        await using var connection = new TextractConnection(textract.Address);
        var result = await connection.Run([.. Png, .. new byte[size - Png.Length]]);
        if (problem is null) Assert.IsType<ConnectorResult.Done>(result);
        else Assert.Contains(problem, Assert.IsType<ConnectorResult.Failed>(result).Message, StringComparison.Ordinal);
        Assert.Equal(problem is null ? 1 : 0, textract.Requests.Count);
    }

    [Fact]
    public async Task Without_a_bucket_a_document_is_sent_as_it_is_and_several_pages_are_explained()
    {
        await using var textract = await TextractDouble.Start();
        await using var connection = new TextractConnection(textract.Address, new { });
        textract.Result = [TextractDouble.Blocks(TextractDouble.Line(1, "one"))];
        Assert.Equal("one", (await connection.Done(TextractConnection.Pdf)).GetProperty("text").GetString());
        textract.Script = (_, _, context) => TextractDouble.Error(context, "UnsupportedDocumentException");
        Assert.Contains("bucket", (await connection.Fails(TextractConnection.Pdf)).Message, StringComparison.Ordinal);
        var large = await connection.Fails([.. TextractConnection.Pdf, .. new byte[11_000_000]]);
        Assert.Contains("bucket", large.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_image_has_one_page()
    {
        await using var textract = await TextractDouble.Start();
        await using var connection = new TextractConnection(textract.Address);
        Assert.Equal(FailureKind.InvalidInput, (await connection.Fails(Png, new { pages = (int[])[1, 2] })).Kind);
        Assert.Empty(textract.Requests);
    }

    [Theory]
    [InlineData("file.store-full")]
    [InlineData("file.not-configured")]
    [InlineData(null)]
    public async Task A_result_that_cannot_be_stored_is_not_read_and_charged_again(string? code)
    {
        await using var textract = await TextractDouble.Start();
        await using var connection = new TextractConnection(textract.Address);
        textract.Result = [TextractDouble.Blocks(TextractDouble.Line(1, new string('x', 300_000)))];
        connection.Files.Completing = _ =>
            throw (code is null ? new FileStoreUnavailableException("No disk.") : new RejectedException(code, "The store is full."));
        var failed = await connection.Fails(Png);
        Assert.Equal((FailureKind.Internal, Delivered.Yes), (failed.Kind, failed.Delivered)); // no other attempt follows
        Assert.Contains(code is null ? "file store" : "The store is full.", failed.Message, StringComparison.Ordinal);
        Assert.Single(textract.Requests);
    }

    private static JsonObject Answer(string blocks) => JsonNode.Parse($$"""{"Blocks":[{{blocks}}]}""")!.AsObject();
}
