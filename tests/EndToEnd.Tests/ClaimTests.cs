using EndToEnd.Tests.Harness;

namespace EndToEnd.Tests;

public sealed class ClaimTests(SharedService common)
{
    private Api Api => common.Api;

    [Fact]
    public async Task Of_fifty_creates_with_one_name_one_succeeds_and_the_others_name_it()
    {
        var name = Steps.NewName();
        var roles = new List<Role>();
        for (var i = 0; i < 50; i++) roles.Add(await common.NewRole());
        OneWon(await Task.WhenAll(roles.Select(r => Api.Post("/api/connections", r.Connection(name)))), "connection.name-taken");
    }

    [Fact]
    public async Task Of_fifty_creates_of_one_account_one_succeeds_and_the_others_name_it()
    {
        var role = await common.NewRole();
        var answers = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => Api.Post("/api/connections", role.Connection(Steps.NewName()))));
        OneWon(answers, "connection.account-taken");
    }

    [Fact]
    public async Task A_create_sent_twice_creates_one_connection_and_gets_the_same_response_twice()
    {
        var role = await common.NewRole();
        var (id, name) = (Guid.NewGuid(), Steps.NewName());
        var first = (await Api.Post("/api/connections", role.Connection(name, id: id))).Is(201);
        var again = (await Api.Post("/api/connections", role.Connection(name, id: id))).Is(201);
        Assert.Equal(first.Text, again.Text);
        Assert.Equal(["connection-created"], await Api.HistoryTypes(id));

        var other = await common.NewRole();
        var refused = (await Api.Post("/api/connections", other.Connection(name.ToUpperInvariant()))).Refuses(409, "connection.name-taken");
        Assert.Equal(id, refused["connectionId"].GetGuid());
    }

    [Fact]
    public async Task A_create_sent_twice_at_once_creates_one_connection()
    {
        var role = await common.NewRole();
        var (id, name) = (Guid.NewGuid(), Steps.NewName());
        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Api.Post("/api/connections", role.Connection(name, id: id))));
        Assert.All(answers, a => Assert.Equal(id, a.Is(201)["id"].GetGuid()));
        Assert.Equal(["connection-created"], await Api.HistoryTypes(id));
    }

    [Fact]
    public async Task An_id_cannot_be_reused()
    {
        var role = await common.NewRole();
        var id = Guid.NewGuid();
        (await Api.Post("/api/connections", role.Connection(Steps.NewName(), id: id))).Is(201);
        (await Api.Post("/api/connections", role.Connection(Steps.NewName(), id: id))).Refuses(409, "connection.id-reused");
    }

    [Fact]
    public async Task An_activity_requested_twice_runs_once_and_another_body_under_its_id_is_rejected()
    {
        var connection = await Api.Connect(await common.NewRole());
        var id = Guid.NewGuid();
        object Wanted(string sql) => new { id, connectionId = connection, activity = "run-query", input = new { sql } };
        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Api.Post("/api/activities", Wanted("select 1"))));
        Assert.All(answers, a => Assert.Equal(id, a.Is(202)["id"].GetGuid()));
        (await Api.Post("/api/activities", Wanted("select 2"))).Refuses(409, "activity.id-reused");
        Assert.Equal(1, (await Api.Reaches(id, "succeeded"))["attempts"].GetInt32());
    }

    [Fact]
    public async Task A_released_name_can_be_used_immediately()
    {
        var (one, two) = (await common.NewRole(), await common.NewRole());
        var name = Steps.NewName();
        var first = await Api.Connect(one, name);
        (await Api.Patch($"/api/connections/{first}", new { name = Steps.NewName() })).Is(200);
        var second = await Api.Connect(two, name);
        Assert.NotEqual(first, second);
        var back = (await Api.Patch($"/api/connections/{first}", new { name })).Refuses(409, "connection.name-taken");
        Assert.Equal(second, back["connectionId"].GetGuid());
    }

    private static void OneWon(ApiResponse[] answers, string code)
    {
        var winner = Assert.Single(answers, a => a.Status == 201)["id"].GetGuid();
        var losers = answers.Where(a => a.Status != 201).ToArray();
        Assert.Equal(49, losers.Length);
        Assert.All(losers, l => Assert.Equal(winner, l.Refuses(409, code)["connectionId"].GetGuid()));
    }
}
