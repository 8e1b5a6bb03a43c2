using Connections.Domain;

namespace Connectors.Tests.S3;

/// <summary>The failures that S3 and STS report, and the addresses that the connector calls.</summary>
public sealed class S3FailureTests
{
    [Theory]
    [InlineData(403, "InvalidAccessKeyId", FailureKind.ReauthRequired)]
    [InlineData(403, "SignatureDoesNotMatch", FailureKind.ReauthRequired)]
    [InlineData(400, "ExpiredToken", FailureKind.ReauthRequired)]
    [InlineData(400, "InvalidToken", FailureKind.ReauthRequired)]
    [InlineData(403, "RequestTimeTooSkewed", FailureKind.Operator)]
    [InlineData(403, "AccessDenied", FailureKind.Forbidden)]
    [InlineData(405, "MethodNotAllowed", FailureKind.Forbidden)]
    [InlineData(404, "NoSuchKey", FailureKind.NotFound)]
    [InlineData(404, "NoSuchBucket", FailureKind.NotFound)]
    [InlineData(403, "InvalidObjectState", FailureKind.InvalidInput)]
    [InlineData(400, "EntityTooLarge", FailureKind.InvalidInput)]
    [InlineData(503, "SlowDown", FailureKind.Throttled)]
    [InlineData(503, "ServiceUnavailable", FailureKind.Throttled)]
    [InlineData(500, "InternalError", FailureKind.Unavailable)]
    public async Task An_error_has_its_kind(int status, string code, FailureKind kind)
    {
        await using var amazon = await AmazonDouble.Start();
        await using var store = amazon.Store();
        amazon.Script = (_, _, context) => AmazonDouble.Error(context, status, code);
        var failed = await store.Fails("fetch-file", new { id = "/a.txt" });
        Assert.Equal(kind, failed.Kind);
        Assert.Contains(code, failed.Message, StringComparison.Ordinal);
        Assert.EndsWith($"({status}).", failed.Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(301, "PermanentRedirect")]
    [InlineData(400, "AuthorizationHeaderMalformed")]
    [InlineData(307, "TemporaryRedirectOfAnother")]
    public async Task A_wrong_region_is_told_with_the_right_one(int status, string code)
    {
        await using var amazon = await AmazonDouble.Start();
        await using var store = amazon.Store();
        amazon.Script = (_, _, context) =>
        {
            context.Response.Headers.Location = "http://127.0.0.1:1/elsewhere";
            return AmazonDouble.Error(context, status, code, "<Region>eu-west-3</Region>");
        };
        var failed = await store.Fails("list-files", new { });
        Assert.Equal((FailureKind.InvalidInput, Delivered.No), (failed.Kind, failed.Delivered));
        Assert.Contains("eu-west-3", failed.Message, StringComparison.Ordinal);
        Assert.Single(amazon.Requests);
    }

    [Theory]
    [InlineData(301, "eu-west-3", FailureKind.InvalidInput)]
    [InlineData(400, "eu-west-3", FailureKind.InvalidInput)]
    [InlineData(403, null, FailureKind.Forbidden)]
    [InlineData(404, null, FailureKind.InvalidInput)]
    public async Task A_connection_test_explains_a_bucket_that_it_cannot_use(int status, string? region, FailureKind kind)
    {
        await using var amazon = await AmazonDouble.Start();
        await using var store = amazon.Store();
        amazon.Script = (asked, _, context) =>
        {
            if (asked != "HEAD") return Task.FromResult(false);
            context.Response.StatusCode = status;
            if (region is not null) context.Response.Headers["x-amz-bucket-region"] = region;
            return Task.FromResult(true);
        };
        var probed = await store.Probe();
        Assert.Equal(("identify", kind), (probed.Steps[^1].Name, probed.Failure!.Kind));
        if (region is not null) Assert.Contains(region, probed.Failure.Message, StringComparison.Ordinal);
        Assert.Equal(["POST GetCallerIdentity", "HEAD"], amazon.Kinds);
    }

    [Theory]
    [InlineData("InvalidClientTokenId", FailureKind.ReauthRequired)]
    [InlineData("SignatureDoesNotMatch", FailureKind.ReauthRequired)]
    [InlineData("ExpiredToken", FailureKind.ReauthRequired)]
    [InlineData("AccessDenied", FailureKind.Forbidden)]
    public async Task A_rejected_key_is_tried_once(string code, FailureKind kind)
    {
        await using var amazon = await AmazonDouble.Start();
        await using var store = amazon.Store();
        amazon.Script = (_, _, context) => AmazonDouble.TokenError(context, 403, code);
        var probed = await store.Probe();
        Assert.Equal(("signIn", kind), (probed.Steps[^1].Name, probed.Failure!.Kind));
        Assert.Single(amazon.Requests);
    }

    [Fact]
    public async Task A_role_is_assumed_once_for_several_calls_and_again_when_its_session_ends()
    {
        await using var amazon = await AmazonDouble.Start();
        await using var store = amazon.Store(new { bucket = "files", roleArn = "arn:aws:iam::123456789012:role/files", externalId = "ext:1" });
        await store.List(new { });
        await store.List(new { });
        Assert.Equal(["POST AssumeRole", "GET list-type", "GET list-type"], amazon.Kinds);
        Assert.Contains("ExternalId=ext%3A1", amazon.Requests[0].Body, StringComparison.Ordinal);
        Assert.Equal("token-2", amazon.Requests[1].Headers["x-amz-security-token"]);
        amazon.Script = (kind, number, context) =>
            kind == "GET list-type" && number == 3 ? AmazonDouble.Error(context, 400, "ExpiredToken") : Task.FromResult(false);
        await store.List(new { });
        Assert.Equal(["GET list-type", "POST AssumeRole", "GET list-type"], amazon.Kinds.TakeLast(3));
    }

    [Fact]
    public async Task A_role_that_does_not_trust_the_key_is_forbidden()
    {
        await using var amazon = await AmazonDouble.Start();
        await using var store = amazon.Store(new { bucket = "files", roleArn = "arn:aws:iam::123456789012:role/files" });
        amazon.Script = (_, _, context) => AmazonDouble.TokenError(context, 403, "AccessDenied");
        Assert.Equal(FailureKind.Forbidden, (await store.Fails("list-files", new { })).Kind);
        Assert.Equal(["POST AssumeRole"], amazon.Kinds);
    }

    [Theory]
    [InlineData("http://169.254.169.254")]
    [InlineData("http://[fe80::1]")]
    [InlineData("http://2130706433")]
    [InlineData("http://user:pass@storage.example")]
    [InlineData("https://storage.example/base")]
    [InlineData("storage.example")]
    public async Task An_address_that_may_not_be_called_is_rejected(string endpoint)
    {
        await using var store = new S3Store(new { endpoint, bucket = "files" });
        Assert.Equal(FailureKind.InvalidInput, (await store.Fails("list-files", new { })).Kind);
        var probed = await store.Probe();
        Assert.Equal(("resolve", FailureKind.InvalidInput), (probed.Steps[^1].Name, probed.Failure!.Kind));
    }

    [Fact]
    public async Task An_object_without_a_key_that_may_list_is_told_as_both()
    {
        await using var amazon = await AmazonDouble.Start();
        await using var store = amazon.Store();
        amazon.Script = (_, _, context) => AmazonDouble.Error(context, 403, "AccessDenied");
        Assert.Contains("does not exist", (await store.Fails("fetch-file", new { id = "a" })).Message, StringComparison.Ordinal);
    }
}
