using System.Text.Json;
using Connections.Contracts;
using Connections.Domain.Activity;
using Connections.Domain.Connection;
using Connections.Operations.Connections;
using Hosts.Tests.Harness;

namespace Hosts.Tests;

/// <summary>A 401 of one endpoint marks the connection once. Where its test then passes, the 401 is the activity's own error.</summary>
public sealed class EndpointRejectionTests() : WorkersFixture(null)
{
    private readonly HashSet<string> denied = ["/deny", "/deny-too"];
    private HttpConnection http = null!;

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        http = await HttpConnection.Start(Workers, context =>
        {
            context.Response.StatusCode = denied.Contains(context.Request.Path.Value!) ? 401 : 200;
            return Task.CompletedTask;
        });
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        if (http is not null) await http.Api.DisposeAsync();
    }

    public static TheoryData<string> Ways => ["basic", "bearer", "apiKey"];

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task An_activity_that_a_test_released_fails_with_its_own_error(string auth)
    {
        var connection = await Connect(auth);
        var activity = await Marked(connection, "/deny");
        Assert.Equal("ok", (await http.Test(connection)).Outcome);
        await FailsByItself(activity);
        Assert.Equal("succeeded", (await Workers.Finished(await http.Get(connection, "/ok"))).Outcome);
        Assert.Equal(["connection-created", "connection-reauth-required", "connection-tested", "connection-reconnected"], await http.History(connection));
    }

    [Fact]
    public async Task Two_activities_and_a_later_one_mark_the_connection_once()
    {
        var connection = await Connect("bearer");
        var first = await Marked(connection, "/deny");
        var second = await http.Get(connection, "/deny-too", "POST");
        await Workers.Reaches(second, ActivityStatus.Waiting);
        await http.Test(connection);
        await FailsByItself(first);
        await FailsByItself(second);
        await FailsByItself(await http.Get(connection, "/deny"));
        Assert.Single(await http.History(connection), "connection-reauth-required");
    }

    [Fact]
    public async Task An_activity_that_a_reconnect_released_fails_with_its_own_error()
    {
        var connection = await Connect("basic");
        var first = await Marked(connection, "/deny");
        var second = await http.Get(connection, "/deny-too");
        await Workers.Reaches(second, ActivityStatus.Waiting);
        await Reconnect(connection, "pw-2");
        await FailsByItself(first);
        await FailsByItself(second);
        Assert.Single(await http.History(connection), "connection-reauth-required");
    }

    [Fact]
    public async Task A_real_rotation_afterwards_marks_the_connection_again()
    {
        var connection = await Connect("basic");
        var refused = await Marked(connection, "/deny");
        await http.Test(connection);
        await FailsByItself(refused);
        denied.Add("/ok");
        var waiting = await http.Get(connection, "/items");
        Assert.Equal("succeeded", (await Workers.Finished(waiting)).Outcome);
        var rotated = await http.Get(connection, "/deny");
        await Workers.Reaches(rotated, ActivityStatus.Waiting);
        await Workers.Shows(connection, ConnectionStatus.ReauthRequired);
        Assert.Equal(2, (await http.History(connection)).Count(e => e == "connection-reauth-required"));

        denied.Clear();
        await Reconnect(connection, "pw-2");
        Assert.Equal("succeeded", (await Workers.Finished(rotated)).Outcome);
    }

    [Fact]
    public async Task A_failing_test_after_the_mark_keeps_the_activity_waiting()
    {
        var connection = await Connect("bearer");
        var activity = await Marked(connection, "/deny");
        denied.Add("/ok");
        Assert.Equal("reauthRequired", (await http.Test(connection)).Outcome);
        Assert.Equal(ActivityStatus.Waiting, (await Workers.State(activity)).Status);
        denied.Clear();
        await http.Test(connection);
        Assert.Equal("succeeded", (await Workers.Finished(activity)).Outcome);
    }

    [Fact]
    public async Task An_unavailable_provider_during_the_check_defers_the_activity()
    {
        var connection = await Connect("bearer");
        var refused = await Marked(connection, "/deny");
        await http.Test(connection);
        await FailsByItself(refused);
        var answers = http.Api.Answer;
        http.Api.Answer = context =>
        {
            context.Response.StatusCode = context.Request.Path == "/ok" ? 503 : 401;
            return Task.CompletedTask;
        };
        var activity = await http.Get(connection, "/deny", "POST");
        var waiting = await Workers.Hears<ActivityWaiting>(w => w.ActivityId == activity, "it waits");
        Assert.Equal("unavailable", waiting.Kind);
        http.Api.Answer = answers;
        await FailsByItself(activity);
        Assert.Single(await http.History(connection), "connection-reauth-required");
    }

    [Fact]
    public async Task Each_refused_call_is_checked_with_one_test_at_most()
    {
        var connection = await Connect("bearer");
        var refused = await Marked(connection, "/deny");
        await http.Test(connection);
        await FailsByItself(refused);
        var before = http.Api.Requests.Count(r => r.Target == "/ok");
        var activities = await Task.WhenAll(Enumerable.Range(0, 30).Select(_ => http.Get(connection, "/deny")));
        foreach (var activity in activities) await FailsByItself(activity);
        Assert.InRange(http.Api.Requests.Count(r => r.Target == "/ok") - before, 1, activities.Length);
    }

    private Task<Guid> Connect(string auth) => http.Connect(
        auth switch { "basic" => new { username = "svc", password = "pw-1" }, "bearer" => (object)new { token = "token-1" }, _ => new { apiKey = "key-1" } }, auth);

    private Task<ProbeReport> Reconnect(Guid connection, string password) => Workers.Get<ChangeConnections>().Reconnect(
        Workers.Context, connection, new NewCredentials(null, JsonSerializer.SerializeToElement(new { password })), CancellationToken.None);

    private async Task<Guid> Marked(Guid connection, string path)
    {
        var activity = await http.Get(connection, path);
        await Workers.Hears<Connections.Contracts.ConnectionReauthRequired>(r => r.ConnectionId == connection, "the connection is marked");
        await Workers.Shows(connection, ConnectionStatus.ReauthRequired);
        return activity;
    }

    private async Task FailsByItself(Guid activity)
    {
        var finished = await Workers.Finished(activity);
        Assert.Equal(("failed", "forbidden"), (finished.Outcome, finished.Error!.Kind));
        Assert.StartsWith("The provider refuses this call although the connection's test passes", finished.Error.Message, StringComparison.Ordinal);
    }
}
