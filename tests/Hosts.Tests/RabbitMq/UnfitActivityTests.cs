using Connections.Contracts;
using Hosts.Tests.Harness;
using TestServers;

namespace Hosts.Tests.RabbitMq;

/// <summary>Activities that cannot run and are too large for the log, with a log that rejects more than one mebibyte at a time.</summary>
[Collection(BrokerFixture.Name)]
public sealed class UnfitActivityTests(BrokerFixture broker) : WorkersFixture(broker)
{
    private const int LongestText = 1_000;

    private static readonly string Huge = new('x', 2 << 20);

    private EventStoreDoubleServer? log;

    protected override EventStoreDoubleServer? Log => log;

    public static TheoryData<string> Unfit =>
    [
        """ "activity": "read", "input": {"value": "\ud83d"} """,
        """ "activity": "read", "input": {"\ud83d": "value"} """,
        """ "activity": "read", "input": {"value": "HUGE"} """,
        """ "activity": "read", "input": {}, "caller": {"workflow": "HUGE"} """,
        """ "activity": "read", "input": {}, "caller": {"workflow": "\ud83d"} """,
        """ "activity": "HUGE", "input": {} """,
        """ "activity": "read", "input": {}, "onReauth": "HUGE" """,
        """ "activity": "read", "input": {}, "connection": {"connector": "HUGE", "name": "HUGE"} """
    ];

    public override async ValueTask InitializeAsync()
    {
        log = await EventStoreDoubleServer.Launch();
        await base.InitializeAsync();
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        if (log is not null) await log.DisposeAsync();
    }

    [Theory]
    [MemberData(nameof(Unfit))]
    public async Task An_activity_that_the_log_cannot_store_fails_and_the_next_one_runs(string fields)
    {
        var connection = await Workers.Connect("one");
        var activity = await Send(connection, fields);
        var finished = await Workers.Finished(activity);
        Assert.Equal(("failed", "invalidInput", 0), (finished.Outcome, finished.Error!.Kind, finished.Attempts));
        var request = (await Workers.State(activity)).Request!;
        var kept = new[] { request.Activity, request.Connector, request.ConnectionName, request.Caller?.Workflow };
        Assert.All(kept, text => Assert.InRange(text?.Length ?? 0, 0, LongestText));

        await Send(connection, fields, activity); // still the same activity, so there is no rejection
        await IsRun(connection);
        Assert.Empty(Workers.Heard.OfType<CommandRefused>());
        Assert.Single(Workers.Heard.OfType<ActivityFinished>(), m => m.ActivityId == activity);
    }

    [Fact]
    public async Task An_activity_runs_whatever_the_length_of_its_correlation_id_and_actor()
    {
        var connection = await Workers.Connect("one");
        var activity = await Send(connection, """ "activity": "read", "input": {}, "correlationId": "HUGE", "actor": "HUGE" """);
        var finished = await Workers.Finished(activity);
        Assert.Equal(("succeeded", Huge[..LongestText]), (finished.Outcome, finished.CorrelationId));
    }

    [Fact]
    public async Task A_report_of_rejected_credentials_with_a_huge_reason_marks_the_connection()
    {
        var connection = await Workers.Connect("one");
        await Workers.Send(new RequireReauth(Workers.Workspace, connection, 1, Huge), "require-reauth");
        var required = await Workers.Hears<ConnectionReauthRequired>(m => m.ConnectionId == connection, "it is marked");
        Assert.Equal(Huge[..LongestText], required.Reason);
    }

    private async Task<Guid> Send(Guid connection, string fields, Guid? again = null)
    {
        await using var client = await AmqpClient.To(Broker);
        var activity = again ?? Guid.NewGuid();
        var at = fields.Contains("\"connection\"", StringComparison.Ordinal) ? "" : $"\"connectionId\": \"{connection}\", ";
        var body = $$"""{"workspace": "default", "activityId": "{{activity}}", {{at}}{{fields}}}""";
        await client.Send("run-activity", body.Replace("HUGE", Huge, StringComparison.Ordinal));
        return activity;
    }

    private async Task IsRun(Guid connection) =>
        Assert.Equal("succeeded", (await Workers.Finished(await Workers.Send(Workers.Activity(connection, "good")))).Outcome);
}
