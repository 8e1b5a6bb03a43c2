using Connections.Connectors;
using Connections.Domain;

namespace Connectors.Tests.OAuth;

/// <summary>What only an operator can mend is told once, and again when it is over.</summary>
public sealed class OperatorFaultTests
{
    private const string Refused = """{"error":"invalid_client","error_description":"Wrong secret canary-client-secret-81."}""";

    [Fact]
    public async Task An_application_that_is_refused_is_told_once_however_often_it_is_tried()
    {
        await using var provider = (await FakeTokenEndpoint.Start()).Answers(401, Refused);
        for (var i = 0; i < 3; i++) Assert.Equal(FailureKind.Operator, (await provider.Fails()).Kind);
        var told = Assert.Single(provider.Received);
        IsRefused(told);
        Assert.Contains("invalid_client", told, StringComparison.Ordinal);
        Assert.DoesNotContain(FakeTokenEndpoint.ClientSecret, told, StringComparison.Ordinal);
        Assert.Equal(1, provider.Faults.Open);
    }

    [Fact]
    public async Task What_says_nothing_of_the_application_neither_tells_nor_ends_it()
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
    public async Task When_it_is_taken_again_that_is_told_and_the_next_fault_is_another()
    {
        await using var provider = (await FakeTokenEndpoint.Start()).Answers(401, Refused);
        await provider.Fails();
        provider.Answers(200, """{"access_token":"a","expires_in":60}""");
        await provider.Gives();
        await provider.Gives();
        provider.Answers(401, Refused);
        await provider.Fails();
        Assert.Collection(provider.Received, IsRefused, told => Assert.Equal("OAuth application client-1 is accepted again", told), IsRefused);
    }

    [Fact]
    public async Task Activities_that_meet_one_are_told_once_and_one_that_is_done_ends_it()
    {
        await using var provider = await FakeTokenEndpoint.Start();
        var failed = new ConnectorResult.Failed(FailureKind.Operator, "canary-input-5", Delivered.No);
        provider.Faults.RecordActivityResult("demo-mail", "default", failed);
        provider.Faults.RecordActivityResult("demo-mail", "other", failed);
        Assert.DoesNotContain("canary-input-5", Assert.Single(provider.Received), StringComparison.Ordinal);
        provider.Faults.RecordTokenResult(provider.Application, null, ""); // tokens were never what was wrong
        Assert.Equal(1, provider.Faults.Open);
        provider.Faults.RecordActivityResult("demo-mail", "default", new ConnectorResult.Done(default));
        Assert.Equal((0, 2), (provider.Faults.Open, provider.Received.Count));
    }

    private static void IsRefused(string told) => Assert.StartsWith("OAuth application client-1 was rejected; ", told, StringComparison.Ordinal);
}
