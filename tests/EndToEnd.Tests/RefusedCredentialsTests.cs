using EndToEnd.Tests.Harness;

namespace EndToEnd.Tests;

public sealed class RefusedCredentialsTests(SharedService common)
{
    private Api Api => common.Api;

    [Fact]
    public async Task A_wrong_password_stores_nothing_and_leaves_the_name_free()
    {
        var role = await common.NewRole();
        var (id, name) = (Guid.NewGuid(), Steps.NewName());
        var wrong = new { id, connector = "postgres", name, settings = role.Settings(), credentials = new { username = role.Name, password = "wrong" } };
        var refused = (await Api.Post("/api/connections", wrong)).Refuses(422, "connection.credentials-rejected");
        Assert.Contains(refused["steps"].EnumerateArray(), s => s.GetProperty("outcome").GetString() == "reauthRequired");
        Assert.Equal(1, role.FailedSignIns);

        (await Api.Connection(id)).Refuses(404, "connection.not-found");
        Assert.Empty((await Api.Get($"/api/connections?q={Uri.EscapeDataString(name)}")).Is(200)["items"].EnumerateArray());
        await Api.Connect(role, name);
        (await Api.Post("/api/connections", role.Connection(Steps.NewName(), id: id))).Refuses(409, "connection.id-reused"); // the id was abandoned, and cannot be reused
    }

    [Fact]
    public async Task The_same_create_succeeds_under_its_id_once_the_password_is_right()
    {
        var role = await common.NewRole();
        var (id, name) = (Guid.NewGuid(), Steps.NewName());
        var wrong = new { id, connector = "postgres", name, settings = role.Settings(), credentials = new { username = role.Name, password = "wrong" } };
        (await Api.Post("/api/connections", wrong)).Refuses(422, "connection.credentials-rejected");
        Assert.Equal(id, (await Api.Post("/api/connections", role.Connection(name, id: id))).Is(201)["id"].GetGuid());
    }

    [Fact]
    public async Task An_unavailable_server_is_reported_with_what_to_check_and_nothing_is_stored()
    {
        var id = Guid.NewGuid();
        var refused = (await Api.Post("/api/connections", new
        {
            id,
            connector = "postgres",
            name = Steps.NewName(),
            settings = new { host = "127.0.0.1", port = 1, database = "shop" },
            credentials = new { username = "app", password = "any" }
        })).Refuses(422, "connection.unreachable");
        Assert.Contains("port", refused["detail"].GetString(), StringComparison.OrdinalIgnoreCase);
        Assert.Contains("firewall", refused["detail"].GetString(), StringComparison.OrdinalIgnoreCase);
        (await Api.Connection(id)).Refuses(404, "connection.not-found");
    }

    [Fact]
    public async Task A_password_changed_later_causes_one_failed_login_however_many_activities_use_it()
    {
        using var folder = new DataFolder();
        var role = await common.NewRole();
        await using (var service = await StandaloneProcess.Start(folder.Path))
        {
            var id = await service.Api.Connect(role);
            await service.Api.Reaches(await service.Api.Query(id), "succeeded");
            await role.ChangePassword();

            var met = await Task.WhenAll(Enumerable.Range(0, 12).Select(_ => service.Api.Query(id)));
            foreach (var activity in met)
            {
                // An activity without a slot at that moment waits for one, and gets none before the reconnect.
                var waiting = await service.Api.Reaches(activity, "waiting");
                Assert.Contains(waiting["waitingFor"].GetString(), new[] { "reauthRequired", "busy" });
            }

            await service.Api.ConnectionReaches(id, "reauthRequired");
            await service.Api.Waits(await service.Api.Query(id), "reauthRequired");
            Assert.Equal(1, role.FailedSignIns);
            Assert.Single(await service.Api.HistoryTypes(id), "connection-reauth-required");
            await service.Stop();
        }

        await using var again = await StandaloneProcess.Start(folder.Path);
        var only = Assert.Single((await again.Api.Get("/api/connections?status=reauthRequired")).Is(200)["items"].EnumerateArray()).GetProperty("id").GetGuid();
        await again.Api.Waits(await again.Api.Query(only), "reauthRequired");
        var other = await common.NewRole();
        await again.Api.Reaches(await again.Api.Query(await again.Api.Connect(other)), "succeeded");
        Assert.Equal(1, role.FailedSignIns);

        // A connection test makes one more login.
        Assert.Equal("reauthRequired", (await again.Api.Post($"/api/connections/{only}/test")).Is(200)["outcome"].GetString());
        Assert.Equal(2, role.FailedSignIns);
    }

    [Fact]
    public async Task A_connection_test_finds_a_restored_password_and_wakes_waiting_activities()
    {
        var role = await common.NewRole();
        var id = await Api.Connect(role);
        var was = role.Password;
        await role.ChangePassword();
        var waiting = await Api.Query(id);
        await Api.Waits(waiting, "reauthRequired");
        await Api.ConnectionReaches(id, "reauthRequired");

        await common.Server.SetPassword(role.Name, was);
        Assert.Equal("ok", (await Api.Post($"/api/connections/{id}/test")).Is(200)["outcome"].GetString());
        await Api.Reaches(waiting, "succeeded");
        Assert.Equal(2, (await Api.ConnectionReaches(id, "connected"))["credentialVersion"].GetInt32());
    }

    [Fact]
    public async Task An_activity_that_fails_on_reauth_fails_on_rejected_credentials()
    {
        var role = await common.NewRole();
        var id = await Api.Connect(role);
        await role.ChangePassword();
        foreach (var _ in Enumerable.Range(0, 2))
        {
            var activity = (await Api.Post(
                "/api/activities", new { connectionId = id, activity = "run-query", input = new { sql = "select 1" }, onReauth = "fail" })).Is(202)["id"].GetGuid();
            Assert.Equal("reauthRequired", (await Api.Reaches(activity, "failed"))["error"].GetProperty("kind").GetString());
            await Api.ConnectionReaches(id, "reauthRequired");
        }

        Assert.Equal(1, role.FailedSignIns);
    }
}
