using EndToEnd.Tests.Harness;

namespace EndToEnd.Tests;

/// <summary>The example of the README: connect, run, lose the password, reconnect.</summary>
public sealed class WalkTests(SharedService common)
{
    private Api Api => common.Api;

    [Fact]
    public async Task Connectors_are_listed_with_forms_and_schemas()
    {
        var list = (await Api.Get("/api/connectors")).Is(200);
        var postgres = Assert.Single(list["items"].EnumerateArray(), c => c.GetProperty("id").GetString() == "postgres");
        Assert.Contains(postgres.GetProperty("credentials").EnumerateArray(), f => f.GetProperty("secret").GetBoolean());
        var activities = postgres.GetProperty("activities").EnumerateArray().ToList();
        Assert.Equal(["run-query", "execute"], activities.Select(a => a.GetProperty("id").GetString()));
        Assert.All(activities, a => Assert.Equal("object", a.GetProperty("input").GetProperty("type").GetString()));
        (await Api.Get("/api/connectors/postgres")).Is(200);
    }

    [Fact]
    public async Task A_connection_is_created_tested_and_used_and_its_history_shows_it()
    {
        var role = await common.NewRole();
        var name = Steps.NewName();
        var test = (await Api.Post("/api/connections/test", new { connector = "postgres", settings = role.Settings(), credentials = role.Credentials })).Is(200);
        Assert.Equal("ok", test["outcome"].GetString());

        var created = (await Api.Post("/api/connections", role.Connection(name))).Is(201);
        var id = created["id"].GetGuid();
        Assert.Equal(("connected", 1, "***", role.Name), (
            created["status"].GetString(),
            created["credentialVersion"].GetInt32(),
            created["credentials"].GetProperty("password").GetString(),
            created["credentials"].GetProperty("username").GetString()));

        Assert.Equal("ok", (await Api.Post($"/api/connections/{id}/test")).Is(200)["outcome"].GetString());
        var activity = await Api.Query(id, "select id, total from orders where id = $1", new[] { 2 });
        var done = (await Api.Get($"/api/activities/{activity}?waitSeconds=60")).Is(200);
        Assert.Equal("succeeded", done["status"].GetString());
        Assert.Equal("""[[2,3.00]]""", done["output"].GetProperty("rows").GetRawText());
        Assert.Equal(["connection-created", "connection-tested"], await Api.HistoryTypes(id));
    }

    [Fact]
    public async Task A_reconnect_with_the_new_password_keeps_the_id_and_wakes_waiting_activities()
    {
        var role = await common.NewRole();
        var id = await Api.Connect(role);
        await Api.Reaches(await Api.Query(id), "succeeded");
        await role.ChangePassword();

        var waiting = await Api.Query(id, "select count(*) from orders");
        await Api.Waits(waiting, "reauthRequired");
        await Api.ConnectionReaches(id, "reauthRequired");

        var reconnected = (await Api.Post($"/api/connections/{id}/reconnect", new { credentials = role.Credentials })).Is(200);
        Assert.Equal("ok", reconnected["outcome"].GetString());
        var done = await Api.Reaches(waiting, "succeeded");
        Assert.Equal((2, 2), (done["credentialVersion"].GetInt32(), done["attempts"].GetInt32()));
        var now = await Api.ConnectionReaches(id, "connected");
        Assert.Equal((id, 2), (now["id"].GetGuid(), now["credentialVersion"].GetInt32()));
    }

    [Fact]
    public async Task A_reconnect_with_a_wrong_password_changes_nothing()
    {
        var role = await common.NewRole();
        var id = await Api.Connect(role);
        var before = (await Api.Connection(id)).Text;
        (await Api.Post($"/api/connections/{id}/reconnect", new { credentials = new { username = role.Name, password = "wrong" } }))
            .Refuses(422, "connection.credentials-rejected");
        Assert.Equal(before, (await Api.Connection(id)).Text);
        await Api.Reaches(await Api.Query(id), "succeeded");
    }

    [Fact]
    public async Task A_reconnect_to_another_account_is_rejected()
    {
        var id = await Api.Connect(await common.NewRole());
        var other = await common.NewRole();
        (await Api.Post($"/api/connections/{id}/reconnect", new { credentials = other.Credentials })).Refuses(422, "connection.other-account");
    }

    [Fact]
    public async Task Delete_and_add_under_the_same_name_continues_activities_by_name_and_ends_those_by_id()
    {
        var role = await common.NewRole();
        var name = Steps.NewName();
        var old = await Api.Connect(role, name);
        await Api.Reaches(await Api.Query(old), "succeeded");
        await role.ChangePassword();
        var (byName, byId) = (await Api.QueryByName(name), await Api.Query(old));
        await Api.Waits(byName, "reauthRequired");
        await Api.Waits(byId, "reauthRequired");

        (await Api.Delete($"/api/connections/{old}")).Is(204);
        var added = await Api.Connect(role, name);
        Assert.NotEqual(old, added);

        var done = await Api.Reaches(byName, "succeeded");
        Assert.Equal(added, done["connectionId"].GetGuid());
        var ended = await Api.Reaches(byId, "failed");
        Assert.Equal("connectionDeleted", ended["error"].GetProperty("kind").GetString());
    }

    [Fact]
    public async Task An_activity_requested_by_name_between_delete_and_add_waits_and_then_runs()
    {
        var role = await common.NewRole();
        var name = Steps.NewName();
        (await Api.Delete($"/api/connections/{await Api.Connect(role, name)}")).Is(204);
        var activity = await Api.QueryByName(name);
        await Api.Waits(activity, "connectionDeleted");
        var added = await Api.Connect(role, name);
        Assert.Equal(added, (await Api.Reaches(activity, "succeeded"))["connectionId"].GetGuid());
    }
}
