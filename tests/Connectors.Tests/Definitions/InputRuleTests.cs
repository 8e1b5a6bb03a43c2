using System.Globalization;
using Connections.Connectors;
using Connections.Connectors.Definitions;
using Connections.Domain;

namespace Connectors.Tests.Definitions;

/// <summary>Inputs that a definition rejects, and the values of a call beside its input.</summary>
public sealed class InputRuleTests
{
    private const string Definition = """
        connector: acme
        name: Acme
        category: test
        description: A test.
        settings:
          plan: { label: Plan, options: [free, paid], default: free }
        servers:
          api: "https://api.acme.example/v1"
        authentication:
          key: { credentials: { apiKey: { label: Key, required: true } }, bearer: "{credentials.apiKey}" }
        probe: { get: /me }
        identity: { value: body.id, basis: id }
        activities:
          pay:
            inputSchema: { additionalProperties: true }
            reject:
              - { when: "input.amount > `100` && settings.plan == 'free'", message: "The plan free allows 100; the amount is {input.amount}." }
              - { when: "!input.to", message: Give a receiver in to. }
              - { when: "starts_with(input.to, 'x')", message: Receivers do not begin with x. }
            post: /payments
            headers: { Idempotency-Key: "{activity.id}", X-Sent: "{at.ms}" }
            json: input
            repeatable: true
        """;

    [Theory]
    [InlineData(101, "a", "free", "The plan free allows 100; the amount is 101.")]
    [InlineData(101, "", "free", "The plan free allows 100; the amount is 101.")]
    [InlineData(1, "", "free", "Give a receiver in to.")]
    [InlineData(1, null, "paid", "Give a receiver in to.")]
    [InlineData(500, "xy", "paid", "Receivers do not begin with x.")]
    public async Task An_input_is_rejected_with_a_sentence_and_nothing_is_sent(int amount, string? to, string plan, string message)
    {
        await using var acme = await Start((200, "{}"));
        var failed = Assert.IsType<ConnectorResult.Failed>(await Run(acme, new { amount, to }, plan));
        Assert.Equal((FailureKind.InvalidInput, Delivered.No, message), (failed.Kind, failed.Delivered, failed.Message));
        Assert.Empty(acme.Requests);
    }

    [Fact]
    public async Task The_reason_of_a_rejection_does_not_quote_the_input()
    {
        await using var acme = await Start((200, "{}"));
        var failed = Assert.IsType<ConnectorResult.Failed>(await Run(acme, new { amount = 987_654, to = "a" }, "free"));
        Assert.DoesNotContain("987654", failed.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_rule_that_cannot_be_applied_rejects_the_input()
    {
        await using var acme = await Start((200, "{}"));
        var failed = Assert.IsType<ConnectorResult.Failed>(await Run(acme, new { amount = 1, to = 7 }, "paid"));
        Assert.Equal((FailureKind.InvalidInput, Delivered.No), (failed.Kind, failed.Delivered));
        Assert.Empty(acme.Requests);
    }

    [Fact]
    public async Task Each_attempt_sends_the_id_of_the_activity_and_the_time()
    {
        await using var acme = await Start((500, "{}"), (500, "{}"), (200, "{}"));
        Assert.IsType<ConnectorResult.Done>(await Run(acme, new { amount = 1, to = "a" }, "free"));
        Assert.Equal(3, acme.Requests.Count());
        Assert.All(acme.Headers, sent => Assert.Equal(Scripted.Activity.ToString(), sent["Idempotency-Key"]));
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();
        Assert.All(acme.Headers, sent => Assert.InRange(long.Parse(sent["X-Sent"], CultureInfo.InvariantCulture), now - 600_000, now));
    }

    private static Task<ConnectorResult> Run(Scripted acme, object input, string plan) =>
        acme.Run("pay", input, new { plan }, new { apiKey = "canary-key-1" });

    private static Task<Scripted> Start(params (int, string)[] answers) =>
        Scripted.Start("acme", "/v1", DefinitionFile.Parse("acme.yaml", Definition), answers);
}
