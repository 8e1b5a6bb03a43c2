using System.Text.Json;
using EndToEnd.Tests.Harness;

namespace EndToEnd.Tests;

/// <summary>The permissions of each role, for every operation in the OpenAPI document.</summary>
public sealed class AccessTests(SharedService shared)
{
    private static readonly string[] Roles = ["viewer", "runner", "manager", "admin"];

    private static readonly Dictionary<string, string?> Needed = new()
    {
        ["GET /health/live"] = null,
        ["GET /health/ready"] = null,
        ["GET /api/connectors"] = "viewer",
        ["GET /api/connectors/{id}"] = "viewer",
        ["GET /api/connections"] = "viewer",
        ["GET /api/connections/{id}"] = "viewer",
        ["GET /api/connections/{id}/history"] = "viewer",
        ["GET /api/activities"] = "viewer",
        ["GET /api/activities/{id}"] = "viewer",
        ["GET /api/activities/{id}/history"] = "viewer",
        ["POST /api/activities"] = "runner",
        ["POST /api/activities/{id}/cancel"] = "runner",
        ["POST /api/activities/{id}/retry"] = "runner",
        ["POST /api/activities/{id}/settle"] = "runner",
        ["GET /api/changes"] = "viewer",
        ["POST /api/files"] = "runner",
        ["GET /api/files/{id}"] = "runner",
        ["GET /api/files/{id}/info"] = "runner",
        ["DELETE /api/files/{id}"] = "runner",
        ["POST /api/console/addresses"] = "viewer",
        ["POST /api/connections"] = "manager",
        ["POST /api/connections/test"] = "manager",
        ["PATCH /api/connections/{id}"] = "manager",
        ["POST /api/connections/{id}/test"] = "manager",
        ["POST /api/connections/{id}/reconnect"] = "manager",
        ["DELETE /api/connections/{id}"] = "manager",
        ["POST /api/secrets"] = "manager",
        ["POST /api/keys"] = "admin",
        ["GET /api/keys"] = "admin",
        ["DELETE /api/keys/{id}"] = "admin"
    };

    private Api Api => shared.Api;

    [Fact]
    public async Task Each_role_is_rejected_where_it_lacks_permission()
    {
        var operations = await Operation.All(Api);
        Assert.Equal(Needed.Keys.Order(), operations.Select(o => o.Name).Order());
        var workspace = $"roles-{Guid.NewGuid():n}";
        foreach (var role in Roles)
        {
            using var api = await Member(workspace, role);
            foreach (var operation in operations.Where(o => Needed[o.Name] is not null))
            {
                var answer = await Call(api, operation, Guid.NewGuid());
                if (Array.IndexOf(Roles, role) < Array.IndexOf(Roles, Needed[operation.Name]))
                    answer.Refuses(403, "request.forbidden");
                else
                    Assert.False(answer.Status is 401 or 403 or >= 500, $"{role}: {operation.Name}: {answer.Text}");
            }
        }
    }

    [Fact]
    public async Task Resources_of_another_workspace_look_like_missing_ones()
    {
        var connection = await Api.Connect(await shared.NewRole());
        var activity = (await Api.Post("/api/activities", new { connectionId = connection, activity = "run-query", input = new { sql = "select 1" } }))
            .Is(202)["id"].GetGuid();
        var key = (await Api.Post("/api/keys", new { name = "of default", role = "viewer" })).Is(201)["id"].GetGuid();
        var file = (await Api.Raw(HttpMethod.Post, "/api/files", "{}")).Is(201)["id"].GetGuid();
        using var stranger = await Member($"other-{Guid.NewGuid():n}", "admin");

        var walked = 0;
        foreach (var operation in (await Operation.All(Api)).Where(o => o.TakesId && !o.Path.StartsWith("/api/connectors", StringComparison.Ordinal)))
        {
            var there = operation.Path.Split('/')[2] switch
            {
                "connections" => connection,
                "activities" => activity,
                "keys" => key,
                "files" => file,
                var unknown => throw new InvalidOperationException($"{unknown}: say here what such an id names.")
            };
            var (seen, nothing) = (await Call(stranger, operation, there), await Call(stranger, operation, Guid.NewGuid()));
            Assert.Equal((nothing.Status, nothing.Text), (seen.Status, seen.Text));
            Assert.Equal(404, seen.Status);
            walked++;
        }

        Assert.NotEqual(0, walked);
        var foreign = await stranger.Post("/api/activities", new { connectionId = connection, activity = "run-query", input = new { sql = "select 1" } });
        foreign.Refuses(404, "connection.not-found");
        foreach (var list in new[] { "/api/connections", "/api/activities", $"/api/activities?connectionId={connection}" })
            Assert.Empty((await stranger.Get(list)).Is(200)["items"].EnumerateArray());
        (await Api.Get($"/api/connections/{connection}")).Is(200);
        (await Api.Get($"/api/activities/{activity}")).Is(200);
        Assert.Contains(Items(await Api.Get("/api/keys?limit=1000")), k => k.GetProperty("id").GetGuid() == key);
    }

    [Fact]
    public async Task A_name_and_an_account_are_taken_in_their_own_workspace_only()
    {
        var role = await shared.NewRole();
        (await Api.Post("/api/connections", role.Connection($"Both {role.Name}"))).Is(201);
        using var elsewhere = await Member($"other-{Guid.NewGuid():n}", "manager");
        (await elsewhere.Post("/api/connections", role.Connection($"Both {role.Name}"))).Is(201);
    }

    [Fact]
    public async Task A_key_ends_when_it_is_deleted_or_expires_and_only_the_operator_names_workspaces()
    {
        var made = (await Api.Post("/api/keys", new { name = "short", role = "viewer" })).Is(201);
        using var viewer = new Api(Api.Address, made["key"].GetString());
        (await viewer.Get("/api/connections")).Is(200);
        (await Api.Delete($"/api/keys/{made["id"].GetGuid()}")).Is(204);
        (await viewer.Get("/api/connections")).Refuses(401, "request.unauthorized");

        (await Api.Post("/api/keys", new { name = "past", role = "viewer", expiresAt = "2020-01-01T00:00:00Z" })).Refuses(400, "request.malformed");
        (await Api.Post("/api/keys", new { name = "boss", role = "operator" })).Refuses(400, "request.malformed");
        using var admin = await Member("default", "admin");
        (await admin.Post("/api/keys", new { name = "x", role = "viewer", workspace = "elsewhere" })).Refuses(403, "request.forbidden");
        Assert.DoesNotContain(Items(await Api.Get("/api/keys?limit=1000")), k => k.TryGetProperty("key", out _));
    }

    private static JsonElement.ArrayEnumerator Items(ApiResponse answer) => answer.Is(200)["items"].EnumerateArray();

    private static Task<ApiResponse> Call(Api api, Operation operation, Guid id) => operation.Example is null && operation.Method == HttpMethod.Get
        ? api.Get(operation.At(id.ToString()))
        : operation.Method == HttpMethod.Delete
            ? api.Delete(operation.At(id.ToString()))
            : api.Raw(operation.Method, operation.At(id.ToString()), operation.Example?.ToJsonString() ?? "{}");

    private async Task<Api> Member(string workspace, string role) => new(
        Api.Address, (await Api.Post("/api/keys", new { name = role, role, workspace })).Is(201)["key"].GetString());
}
