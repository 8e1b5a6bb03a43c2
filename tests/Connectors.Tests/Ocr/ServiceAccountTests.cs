using Connections.Connectors;
using Connections.Domain;
using Microsoft.Extensions.Time.Testing;

namespace Connectors.Tests.Ocr;

public sealed class ServiceAccountTests
{
    private static readonly byte[] Png = [0x89, 0x50, 0x4E, 0x47];

    [Fact]
    public async Task A_service_account_signs_in_once_in_an_hour()
    {
        var clock = new FakeTimeProvider(DateTimeOffset.Parse("2026-11-30T12:00:00Z", null));
        await using var vision = await VisionDouble.Start(clock: clock);
        for (var i = 0; i < 3; i++) Assert.IsType<ConnectorResult.Done>(await vision.Run(Png, use: vision.Account()));
        Assert.Equal(["Bearer canary-token-1"], vision.Requests.Where(r => r.Target != "/token").Select(r => r.Headers["Authorization"]).Distinct());
        var claims = Assert.Single(vision.Assertions);
        Assert.Equal(
            (VisionDouble.Email, "https://oauth2.googleapis.com/token", "https://www.googleapis.com/auth/cloud-vision"),
            ((string?)claims["iss"], (string?)claims["aud"], (string?)claims["scope"]));
        Assert.Equal(clock.GetUtcNow().ToUnixTimeSeconds(), (long)claims["iat"]!);
        Assert.Equal(3600, (long)claims["exp"]! - (long)claims["iat"]!);

        clock.Advance(TimeSpan.FromMinutes(56));
        Assert.IsType<ConnectorResult.Done>(await vision.Run(Png, use: vision.Account()));
        Assert.IsType<ConnectorResult.Done>(await vision.Run(Png, use: vision.Account(version: 2)));
        Assert.Equal(3, vision.Assertions.Count);
    }

    [Fact]
    public async Task A_rejected_token_is_replaced_once()
    {
        await using var vision = await VisionDouble.Start();
        var calls = 0;
        vision.Annotate = _ => ++calls == 1 ? (401, "{}") : (200, """{"responses":[{}]}""");
        Assert.IsType<ConnectorResult.Done>(await vision.Run(Png, use: vision.Account()));
        Assert.Equal((2, 2), (calls, vision.Assertions.Count));

        vision.Annotate = _ => (401, """{"error":{"message":"canary-token-3"}}""");
        var failed = Assert.IsType<ConnectorResult.Failed>(await vision.Run(Png, use: vision.Account()));
        Assert.Equal((FailureKind.ReauthRequired, 3), (failed.Kind, vision.Assertions.Count));
        Assert.DoesNotContain("canary", failed.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(400, """{"error":"invalid_grant","error_description":"Invalid JWT Signature."}""", FailureKind.ReauthRequired, "invalid_grant")]
    [InlineData(401, """{"error":"<b>unauthorized</b>"}""", FailureKind.ReauthRequired, "(401)")]
    [InlineData(429, "", FailureKind.Throttled, "(429)")]
    [InlineData(500, "", FailureKind.Unavailable, "(500)")]
    [InlineData(200, "{}", FailureKind.Unavailable, "(200)")]
    [InlineData(200, "<html>", FailureKind.Unavailable, "(200)")]
    [InlineData(302, "", FailureKind.Unavailable, "(302)")]
    public async Task A_refused_sign_in_delivers_nothing(int status, string body, FailureKind kind, string said)
    {
        await using var vision = await VisionDouble.Start();
        vision.SignIn = (status, body);
        var failed = Assert.IsType<ConnectorResult.Failed>(await vision.Run(Png, use: vision.Account()));
        Assert.Equal((kind, Delivered.No), (failed.Kind, failed.Delivered));
        Assert.Contains(said, failed.Reason, StringComparison.Ordinal);
        Assert.DoesNotContain("<b>", failed.Reason, StringComparison.Ordinal);
        Assert.DoesNotContain(vision.Targets, target => target != "/token");
    }

    [Theory]
    [InlineData("https://evil.example/token")]
    [InlineData("http://oauth2.googleapis.com/token")]
    [InlineData("https://oauth2.googleapis.com.evil.example/token")]
    [InlineData("https://oauth2.googleapis.com@evil.example/token")]
    [InlineData("https://accounts.google.com/o/oauth2/token?x=")]
    [InlineData("http://169.254.169.254/token")]
    public async Task Only_Google_gets_a_signature(string address)
    {
        await using var vision = await VisionDouble.Start();
        var failed = (await vision.Probe(vision.Account(vision.Key(address)))).Failure!;
        Assert.Equal(FailureKind.InvalidInput, failed.Kind);
        Assert.Contains("token_uri", failed.Message, StringComparison.Ordinal);
        Assert.Empty(vision.Requests);
    }

    [Theory]
    [InlineData("not JSON")]
    [InlineData("{}")]
    [InlineData("[1]")]
    [InlineData("""{"type":"service_account","client_email":"a","project_id":"b","private_key":""}""")]
    [InlineData("""{"type":"authorized_user","client_email":"a","project_id":"b","private_key":"x"}""")]
    [InlineData("""{"type":"service_account","client_email":"a","project_id":"b","private_key":"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"}""")]
    [InlineData("""{"type":"service_account","client_email":"a","project_id":"b","private_key":"\ud800"}""")]
    public async Task A_wrong_key_is_explained_and_not_quoted(string key)
    {
        await using var vision = await VisionDouble.Start();
        var failed = (await vision.Probe(vision.Account(key))).Failure!;
        Assert.Equal((FailureKind.InvalidInput, Delivered.No), (failed.Kind, failed.Delivered));
        Assert.Empty(vision.Requests);
    }

    [Fact]
    public async Task A_public_key_and_a_key_that_is_too_small_to_sign_are_rejected()
    {
        await using var vision = await VisionDouble.Start();
        using var small = System.Security.Cryptography.RSA.Create(512);
        foreach (var pem in (string[])[vision.Rsa.ExportSubjectPublicKeyInfoPem(), small.ExportPkcs8PrivateKeyPem()])
        {
            var probe = await vision.Probe(vision.Account(vision.Key(pem: pem)));
            if (pem.Contains("PUBLIC", StringComparison.Ordinal)) Assert.Equal(FailureKind.InvalidInput, probe.Failure!.Kind);
            else Assert.NotEqual(FailureKind.Internal, probe.Failure?.Kind);
        }
    }

    [Theory]
    [InlineData(3599, 1)]
    [InlineData(600, 2)]
    [InlineData(1, 3)]
    [InlineData(-5, 3)]
    public async Task A_token_is_used_as_long_as_Google_says(int seconds, int signIns)
    {
        var clock = new FakeTimeProvider(DateTimeOffset.Parse("2026-11-30T12:00:00Z", null));
        await using var vision = await VisionDouble.Start(clock: clock);
        vision.SignIn = (200, $$"""{"access_token":"t","expires_in":{{seconds}}}""");
        for (var i = 0; i < 3; i++, clock.Advance(TimeSpan.FromMinutes(4)))
            Assert.IsType<ConnectorResult.Done>(await vision.Run(Png, use: vision.Account()));
        Assert.Equal(signIns, vision.Assertions.Count);
    }

    [Theory]
    [InlineData(404, "{}", null)]
    [InlineData(200, "{}", null)]
    [InlineData(401, "{}", FailureKind.ReauthRequired)]
    [InlineData(403, """{"error":{"details":[{"reason":"SERVICE_DISABLED"}]}}""", FailureKind.Forbidden)]
    [InlineData(403, """{"error":{"details":[{"reason":"BILLING_DISABLED"}]}}""", FailureKind.Forbidden)]
    public async Task A_test_signs_in_and_reads_what_does_not_exist(int status, string body, FailureKind? kind)
    {
        await using var vision = await VisionDouble.Start();
        vision.Probed = (status, body);
        var probe = await vision.Probe(vision.Account());
        Assert.Equal(kind, probe.Failure?.Kind);
        if (kind is not null) return;
        Assert.Equal((VisionDouble.Email, "service-account"), (probe.Account!.Display, probe.Account.Basis));
        Assert.Equal(["acme-documents/reader@acme.example"], probe.Identities.Select(i => i.Value));
        Assert.Equal(["/token", "/v1/operations/none"], vision.Targets);
    }
}
