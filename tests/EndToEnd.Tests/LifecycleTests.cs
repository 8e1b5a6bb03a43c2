using System.Globalization;
using EndToEnd.Tests.Harness;

namespace EndToEnd.Tests;

public sealed class LifecycleTests(SharedService common)
{
    private Api Api => common.Api;

    [Fact]
    public async Task Activities_by_name_follow_a_rename()
    {
        var id = await Api.Connect(await common.NewRole());
        var name = Steps.NewName();
        Assert.Equal(name, (await Api.Patch($"/api/connections/{id}", new { name })).Is(200)["name"].GetString());
        Assert.Equal(id, (await Api.Reaches(await Api.QueryByName(name), "succeeded"))["connectionId"].GetGuid());
        Assert.Equal(["connection-created", "connection-renamed"], await Api.HistoryTypes(id));
    }

    [Fact]
    public async Task An_activity_that_waits_for_a_name_runs_over_the_connection_that_gets_it()
    {
        var (one, two) = (await common.NewRole(), await common.NewRole());
        var name = Steps.NewName();
        (await Api.Delete($"/api/connections/{await Api.Connect(one, name)}")).Is(204);
        var waiting = await Api.QueryByName(name);
        await Api.Waits(waiting, "connectionDeleted");
        var other = await Api.Connect(two);
        (await Api.Patch($"/api/connections/{other}", new { name })).Is(200);
        Assert.Equal(other, (await Api.Reaches(waiting, "succeeded"))["connectionId"].GetGuid());
    }

    [Fact]
    public async Task The_history_of_an_activity_tells_each_wait_and_attempt()
    {
        var role = await common.NewRole();
        var name = Steps.NewName();
        (await Api.Delete($"/api/connections/{await Api.Connect(await common.NewRole(), name)}")).Is(204);
        var id = await Api.QueryByName(name);
        await Api.Waits(id, "connectionDeleted");
        var connection = await Api.Connect(role);
        (await Api.Patch($"/api/connections/{connection}", new { name })).Is(200);
        await Api.Reaches(id, "succeeded");

        var items = (await Api.Get($"/api/activities/{id}/history")).Is(200)["items"].EnumerateArray().ToArray();
        Assert.Equal(
            ["activity-requested", "activity-deferred", "activity-started", "activity-succeeded"], items.Select(i => i.GetProperty("type").GetString()));
        Assert.Contains("Waits (connectionDeleted)", items[1].GetProperty("summary").GetString(), StringComparison.Ordinal);
        Assert.Equal((1, "Attempt 1 succeeded."), (items[3].GetProperty("attempt").GetInt32(), items[3].GetProperty("summary").GetString()));
        Assert.Equal(connection, items[2].GetProperty("data").GetProperty("connectionId").GetGuid());
        foreach (var item in items)
            Assert.DoesNotContain(item.GetProperty("data").EnumerateObject(), p => p.Name is "input" or "output" or "bodyHash" or "sealedMessage");

        var first = (await Api.Get($"/api/activities/{id}/history?limit=3")).Is(200);
        var rest = (await Api.Get($"/api/activities/{id}/history?limit=3&cursor={first["next"].GetString()}")).Is(200);
        Assert.Equal("activity-succeeded", Assert.Single(rest["items"].EnumerateArray()).GetProperty("type").GetString());
    }

    [Fact]
    public async Task A_list_of_activities_holds_inputs_and_outputs_only_when_asked()
    {
        var connection = await Api.Connect(await common.NewRole());
        await Api.Reaches(await Api.Query(connection), "succeeded");
        foreach (var (include, input, output) in new[] { ("", false, false), ("&include=input", true, false), ("&include=output", false, true), ("&include=input,output", true, true) })
        {
            var item = await TestServers.Until.Seen(
                async () => (await Api.Get($"/api/activities?connectionId={connection}&status=succeeded{include}")).Is(200)["items"].EnumerateArray().ToArray(),
                items => items.Length == 1,
                "the activity is listed");
            Assert.Equal((input, output), (item[0].TryGetProperty("input", out _), item[0].TryGetProperty("output", out _)));
            Assert.True(item[0].GetProperty("deadline").GetDateTimeOffset() > item[0].GetProperty("requestedAt").GetDateTimeOffset());
        }

        (await Api.Get("/api/activities?include=everything")).Refuses(400, "request.malformed");
    }

    [Fact]
    public async Task Deleting_a_connection_twice_changes_nothing()
    {
        var role = await common.NewRole();
        var id = await Api.Connect(role);
        (await Api.Delete($"/api/connections/{id}")).Is(204);
        (await Api.Delete($"/api/connections/{id}")).Is(204);

        (await Api.Patch($"/api/connections/{id}", new { name = Steps.NewName() })).Refuses(410, "connection.deleted");
        (await Api.Post($"/api/connections/{id}/test")).Refuses(410, "connection.deleted");
        (await Api.Post($"/api/connections/{id}/reconnect", new { credentials = role.Credentials })).Refuses(410, "connection.deleted");
        await IsRefusedActivities(id);
        await TestServers.Until.Seen(
            () => Api.HistoryTypes(id),
            types => types.SequenceEqual(["connection-created", "connection-deleted", "connection-secrets-destroyed"]),
            "the credentials are destroyed");
    }

    [Fact]
    public async Task A_connection_shows_when_its_password_expires_and_a_new_password_replaces_the_date()
    {
        var role = await common.NewRole();
        var today = TimeProvider.System.GetUtcNow();
        var (soon, late) = (today.AddDays(13), today.AddDays(400));
        var made = (await Api.Post("/api/connections", role.Connection(Steps.NewName(), rotateBy: late))).Is(201);
        Assert.Equal(("rotateBy", false), (made["expires"].GetProperty("basis").GetString(), made["expiring"].GetBoolean()));
        Assert.Equal(late, made["expires"].GetProperty("at").GetDateTimeOffset(), TimeSpan.FromMilliseconds(1));

        var path = $"/api/connections/{made["id"].GetGuid()}";
        (await Api.Post($"{path}/reconnect", new { credentials = role.Credentials, rotateBy = soon })).Is(200);
        Assert.Equal(soon, (await Api.Get(path)).Is(200)["expires"].GetProperty("at").GetDateTimeOffset(), TimeSpan.FromMilliseconds(1));
        await TestServers.Until.Holds(
            async () => (await Api.Get("/api/connections?expiringWithinDays=14&limit=1000")).Is(200)["items"].EnumerateArray()
                .Any(i => i.GetProperty("id").GetGuid() == made["id"].GetGuid()),
            "the list shows that it is to be changed");
        (await Api.Post($"{path}/reconnect", new { settings = new { allowWrites = true } })).Is(200); // with the same password
        Assert.Equal(soon, (await Api.Get(path)).Is(200)["expires"].GetProperty("at").GetDateTimeOffset(), TimeSpan.FromMilliseconds(1));
        (await Api.Post($"{path}/reconnect", new { credentials = role.Credentials })).Is(200);
        Assert.Equal(System.Text.Json.JsonValueKind.Null, (await Api.Get(path)).Is(200)["expires"].ValueKind);

        var past = await Api.Post($"{path}/reconnect", new { credentials = role.Credentials, rotateBy = today.AddDays(-1) });
        past.Refuses(422, "connection.invalid");
        Assert.Equal("rotateBy", past["errors"][0].GetProperty("field").GetString());
    }

    // The read model may lag: an activity accepted meanwhile fails.
    private async Task IsRefusedActivities(Guid connection)
    {
        var accepted = new List<Guid>();
        var refused = await TestServers.Until.Seen(
            async () =>
            {
                var answer = await Api.Post("/api/activities", new { connectionId = connection, activity = "run-query", input = new { sql = "select 1" } });
                if (answer.Status == 202) accepted.Add(answer["id"].GetGuid());
                return answer;
            },
            answer => answer.Status != 202,
            "activities are refused");
        refused.Refuses(410, "connection.deleted");
        foreach (var activity in accepted)
            Assert.Equal("connectionDeleted", (await Api.Reaches(activity, "failed"))["error"].GetProperty("kind").GetString());
    }

    [Fact]
    public async Task A_deleted_connection_can_still_be_read_now_and_in_the_past()
    {
        var id = await Api.Connect(await common.NewRole());
        var created = (await Api.Get($"/api/connections/{id}/history")).Is(200)["items"][0].GetProperty("at").GetDateTimeOffset();
        (await Api.Delete($"/api/connections/{id}")).Is(204);

        var now = (await Api.Connection(id)).Is(200);
        Assert.Equal(("deleted", 0), (now["status"].GetString(), now["actions"].GetArrayLength()));
        var then = (await Api.Get($"/api/connections/{id}?at={At(created.AddMilliseconds(1))}")).Is(200);
        Assert.Equal("connected", then["status"].GetString());
        (await Api.Get($"/api/connections/{id}?at={At(created.AddMinutes(-1))}")).Refuses(404, "connection.not-found");
        (await Api.Get($"/api/connections?status=deleted&limit=1000")).Is(200);
    }

    [Fact]
    public async Task A_waiting_activity_can_be_cancelled_and_one_that_ended_cannot()
    {
        var role = await common.NewRole();
        var id = await Api.Connect(role);
        var done = await Api.Query(id);
        await Api.Reaches(done, "succeeded");
        (await Api.Post($"/api/activities/{done}/cancel")).Refuses(409, "activity.wrong-state");
        await role.ChangePassword();
        var waiting = await Api.Query(id);
        await Api.Waits(waiting, "reauthRequired");
        Assert.Equal("cancelled", (await Api.Post($"/api/activities/{waiting}/cancel")).Is(200)["status"].GetString());
        Assert.Equal("cancelled", (await Api.Post($"/api/activities/{waiting}/cancel")).Is(200)["status"].GetString());
    }

    [Fact]
    public async Task More_activities_than_the_limit_of_the_connection_all_succeed()
    {
        var id = await Api.Connect(await common.NewRole());
        var all = await Task.WhenAll(Enumerable.Range(0, 60).Select(i => Api.Query(id, $"select {i}, pg_sleep(0.05)")));
        foreach (var activity in all) await Api.Reaches(activity, "succeeded");
        var listed = (await Api.Get($"/api/activities?connectionId={id}&status=succeeded&limit=25")).Is(200);
        Assert.Equal(25, listed["items"].GetArrayLength());
        Assert.NotNull(listed["next"].GetString());
    }

    [Fact]
    public async Task An_activity_past_its_deadline_fails_with_the_reason_it_waited_for()
    {
        var role = await common.NewRole();
        var id = await Api.Connect(role);
        await role.ChangePassword();
        var activity = (await Api.Post(
            "/api/activities", new { connectionId = id, activity = "run-query", input = new { sql = "select 1" }, deadlineSeconds = 2 })).Is(202)["id"].GetGuid();
        Assert.Equal("reauthRequired", (await Api.Reaches(activity, "failed"))["error"].GetProperty("kind").GetString());
    }

    private static string At(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
}
