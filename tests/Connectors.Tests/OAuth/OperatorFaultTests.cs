using Connections.Connectors;
using Connections.Domain;

namespace Connectors.Tests.OAuth;

/// <summary>An operator fault is logged once, and once more when it is over.</summary>
public sealed class OperatorFaultTests
{
    private const string Refused = """{"error":"invalid_client","error_description":"Wrong secret canary-client-secret-81."}""";

    [Fact]
    public async Task A_rejected_application_is_logged_once()
    {
        await using var provider = (await FakeTokenEndpoint.Start()).Answers(401, Refused);
        for (var i = 0; i < 3; i++) Assert.Equal(FailureKind.Operator, (await provider.Fails()).Kind);
        var line = Assert.Single(provider.Received);
        IsRefused(line);
        Assert.Contains("invalid_client", line, StringComparison.Ordinal);
        Assert.DoesNotContain(FakeTokenEndpoint.ClientSecret, line, StringComparison.Ordinal);
        Assert.Equal(1, provider.Faults.Open);
    }

    [Fact]
    public async Task Failures_unrelated_to_the_application_neither_log_nor_end_a_fault()
    {
        await using var provider = (await FakeTokenEndpoint.Start()).Answers(400, """{"error":"invalid_grant"}""");
        await provider.Fails();
        Assert.Empty(provider.Received);
        provider.Answers(401, Refused);
        await provider.Fails();
        provider.Answers(503, "");
        await provider.Fails();
        Assert.Equal(1, provider.Faults.Open);
    }

    [Fact]
    public async Task The_end_of_a_fault_is_logged_and_so_is_the_next_fault()
    {
        await using var provider = (await FakeTokenEndpoint.Start()).Answers(401, Refused);
        await provider.Fails();
        provider.Answers(200, """{"access_token":"a","expires_in":60}""");
        await provider.Gives();
        await provider.Gives();
        provider.Answers(401, Refused);
        await provider.Fails();
        Assert.Collection(provider.Received, IsRefused, line => Assert.Equal("OAuth application client-1 is accepted again", line), IsRefused);
    }

    [Fact]
    public async Task A_fault_of_activities_is_logged_once_and_a_successful_activity_ends_it()
    {
        await using var provider = await FakeTokenEndpoint.Start();
        var failed = new ConnectorResult.Failed(FailureKind.Operator, "canary-input-5", Delivered.No);
        provider.Faults.RecordActivityResult("demo-mail", "default", failed);
        provider.Faults.RecordActivityResult("demo-mail", "other", failed);
        Assert.DoesNotContain("canary-input-5", Assert.Single(provider.Received), StringComparison.Ordinal);
        provider.Faults.RecordTokenResult(provider.Application, null, ""); // the token endpoint was never the cause
        Assert.Equal(1, provider.Faults.Open);
        provider.Faults.RecordActivityResult("demo-mail", "default", new ConnectorResult.Done(default));
        Assert.Equal((0, 2), (provider.Faults.Open, provider.Received.Count));
    }

    private static void IsRefused(string line) => Assert.StartsWith("OAuth application client-1 was rejected; ", line, StringComparison.Ordinal);
}
