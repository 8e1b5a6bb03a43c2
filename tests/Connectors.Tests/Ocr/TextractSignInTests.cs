using Connections.Domain;
using Connectors.Tests.S3;

namespace Connectors.Tests.Ocr;

/// <summary>Connection tests and roles.</summary>
public sealed class TextractSignInTests
{
    private const string Role = "arn:aws:iam::123456789012:role/files";

    [Fact]
    public async Task A_connection_test_asks_for_the_user_and_for_the_rights_and_reads_nothing()
    {
        await using var textract = await TextractDouble.Start();
        await using var connection = new TextractConnection(textract.Address);
        var probed = await connection.Probe();
        Assert.Null(probed.Failure);
        Assert.Equal(("principal", """["arn:aws:iam::123456789012:user/ann"]"""), (probed.Account!.Basis, probed.Account.Id));
        Assert.Equal(["POST GetCallerIdentity", "POST GetDocumentTextDetection", "HEAD"], textract.Kinds);

        await using var other = new TextractConnection(textract.Address, new { region = "eu-west-1" });
        Assert.Equal(probed.Account.Id, (await other.Probe()).Account!.Id);
    }

    [Theory]
    [InlineData("AccessDeniedException", FailureKind.Forbidden)]
    [InlineData("InvalidSignatureException", FailureKind.ReauthRequired)]
    [InlineData("ThrottlingException", FailureKind.Throttled)]
    public async Task A_connection_test_fails_where_Textract_may_not_be_used(string code, FailureKind kind)
    {
        await using var textract = await TextractDouble.Start();
        await using var connection = new TextractConnection(textract.Address);
        textract.Script = (sent, _, context) =>
            sent == "POST GetDocumentTextDetection" ? TextractDouble.Error(context, code) : Task.FromResult(false);
        var probed = await connection.Probe();
        Assert.Equal(("identify", kind), (probed.Steps[^1].Name, probed.Failure!.Kind));
    }

    [Theory]
    [InlineData(404, FailureKind.InvalidInput)]
    [InlineData(403, FailureKind.Forbidden)]
    [InlineData(301, FailureKind.InvalidInput)]
    public async Task A_connection_test_fails_where_the_bucket_cannot_be_used(int status, FailureKind kind)
    {
        await using var textract = await TextractDouble.Start();
        await using var connection = new TextractConnection(textract.Address);
        textract.Script = (sent, _, context) =>
        {
            context.Response.StatusCode = sent == "HEAD" ? status : 200;
            return Task.FromResult(sent == "HEAD");
        };
        var probed = await connection.Probe();
        Assert.Equal(("identify", kind), (probed.Steps[^1].Name, probed.Failure!.Kind));
    }

    [Fact]
    public async Task A_key_that_nobody_knows_fails_at_once()
    {
        await using var textract = await TextractDouble.Start();
        await using var connection = new TextractConnection(textract.Address);
        textract.Script = (_, _, context) => AmazonDouble.TokenError(context, 403, "InvalidClientTokenId");
        var probed = await connection.Probe();
        Assert.Equal(("signIn", FailureKind.ReauthRequired), (probed.Steps[^1].Name, probed.Failure!.Kind));
        Assert.Single(textract.Requests);
    }

    [Fact]
    public async Task A_role_is_assumed_for_Textract_and_the_bucket_and_again_when_its_session_ends()
    {
        await using var textract = await TextractDouble.Start();
        await using var connection = new TextractConnection(
            textract.Address, new { bucket = TextractDouble.Bucket, roleArn = Role, externalId = "ext:1" });
        textract.Script = (kind, number, context) => kind == "POST StartDocumentTextDetection" && number == 1
            ? TextractDouble.Error(context, "ExpiredTokenException") : Task.FromResult(false);
        await connection.Done(TextractConnection.Pdf);
        Assert.Equal(
            [
                "POST AssumeRole", "PUT", "POST StartDocumentTextDetection", "POST AssumeRole", "POST StartDocumentTextDetection",
                "POST GetDocumentTextDetection", "DELETE"
            ],
            textract.Kinds);
        Assert.Contains("ExternalId=ext%3A1", textract.Requests[0].Body, StringComparison.Ordinal);
        Assert.All(
            textract.Requests.Where(request => !request.Body.Contains("Action=AssumeRole", StringComparison.Ordinal)),
            request => Assert.Equal("token-2", request.Headers["X-Amz-Security-Token"]));
    }

    [Theory]
    [InlineData("http://169.254.169.254")]
    [InlineData("http://user:pass@aws.example")]
    [InlineData("https://aws.example/base")]
    [InlineData("aws.example")]
    public async Task An_address_that_may_not_be_called_is_rejected(string endpoint)
    {
        await using var connection = new TextractConnection(null, new { endpoint });
        Assert.Equal(FailureKind.InvalidInput, (await connection.Fails(TextractConnection.Png)).Kind);
        var probed = await connection.Probe();
        Assert.Equal(("resolve", FailureKind.InvalidInput), (probed.Steps[^1].Name, probed.Failure!.Kind));
    }
}
