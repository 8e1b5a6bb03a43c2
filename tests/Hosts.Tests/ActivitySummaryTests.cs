using Connections.Domain;
using Connections.Domain.Activity;
using Connections.Web.Responses;

namespace Hosts.Tests;

public sealed class ActivitySummaryTests
{
    private static readonly ActivityFacts Facts = new("send", Guid.Empty, "http", 1, null);

    [Fact]
    public void A_settled_activity_shows_the_note_of_the_person()
    {
        Assert.Equal("Settled as succeeded: The order is there.", Describe(new ActivitySucceeded(1, null, "The order is there.") { Facts = Facts }));
        Assert.Equal("Settled as succeeded.", Describe(new ActivitySucceeded(1, null, "") { Facts = Facts }));
        Assert.Equal(
            "Settled as failed: Nobody got it.",
            Describe(new ActivityFailed(1, FailureKind.Timeout, "No answer.", "Nobody got it.") { Facts = Facts }));
    }

    [Fact]
    public void A_wait_shows_its_reason_and_the_next_attempt()
    {
        var until = new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
        Assert.Equal(
            "Waits (throttled) until 2026-03-01T12:00:00Z: Slow down.",
            Describe(new ActivityDeferred(1, FailureKind.Throttled, "", until, null, 1) { Facts = Facts }, "Slow down."));
        Assert.Equal(
            "Waits for a reconnect of its connection: The key was changed.",
            Describe(new ActivityDeferred(1, FailureKind.ReauthRequired, "", null, null, 1) { Facts = Facts }, "The key was changed."));
    }

    [Fact]
    public void The_data_hold_no_sealed_text()
    {
        var data = ActivitySummary.Data(new ActivityFailed(2, FailureKind.InvalidInput, "sealed", null) { Facts = Facts, SealedMessage = "v1.sealed" }, "In clear.");
        Assert.Equal("""{"kind":"invalidInput","message":"In clear.","note":null}""", data.GetRawText());
    }

    private static string Describe(ActivityEvent e, string? message = null) => ActivitySummary.Describe(e, message);
}
