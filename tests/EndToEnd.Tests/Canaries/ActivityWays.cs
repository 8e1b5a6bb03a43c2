using System.Security.Cryptography;
using System.Text;
using EndToEnd.Tests.Harness;

namespace EndToEnd.Tests.Canaries;

/// <summary>Sends canaries through activities: as input, as output, and in quotes of providers.</summary>
internal sealed class ActivityWays(Api api, Role role, EchoApi echo)
{
    public List<Canary> Inputs { get; } = [];

    public List<Canary> Outputs { get; } = [];

    public string Marker { get; } = $"marker{Guid.NewGuid():n}";

    public IEnumerable<Canary> All => Inputs.Concat(Outputs);

    public async Task GoAll()
    {
        var postgres = await api.Connect(role, Marker);
        await Queries(postgres);
        await Waiting(postgres);
        await Requests();
        (await api.Get("/api/activities")).Is(200);
    }

    /// <summary>A query whose result differs from its input, so that the two can be distinguished.</summary>
    public object Query()
    {
        var input = Input("a parameter");
        Outputs.Add(new Canary("a row", Md5(input.Core), Md5(input.Core)));
        return new { sql = $"select md5($1) /* {Input("a comment").Core} */, '{Input("a literal").Core}' = $1", parameters = new[] { input.Core } };
    }

    private async Task Queries(Guid connection)
    {
        await api.Reaches(await Run(connection, "run-query", Query()), "succeeded");
        foreach (var sql in new[] { "select '{0}'::int", "select * from {0}", "select {0}", "{0}", "select 1 /* {0}" })
        {
            var failed = await Run(connection, "run-query", new { sql = string.Format(null, sql, Input("failing SQL").Core) });
            await api.Reaches(failed, "failed");
            (await api.Post($"/api/activities/{failed}/retry")).Is(202);
        }

        await api.Reaches(
            await Run(connection, "run-query", new { sql = "select $1::text::int", parameters = new[] { Input("a failing parameter").Core } }), "failed");
        (await api.Post(
            "/api/activities", new { connectionId = connection, activity = "run-query", input = new { sql = 1, parameters = Input("a wrong form").Core } })).Is(422);
    }

    private async Task Waiting(Guid connection)
    {
        await role.ChangePassword();
        var (goesOn, cancelled) = (await Run(connection, "run-query", Query()), await Run(connection, "run-query", Query()));
        await api.Waits(goesOn, "reauthRequired");
        await api.ConnectionReaches(connection, "reauthRequired");
        await api.Reaches(cancelled, "waiting");
        (await api.Post($"/api/activities/{cancelled}/cancel")).Is(200);
        (await api.Post($"/api/connections/{connection}/reconnect", new { credentials = role.Credentials })).Is(200);
        await api.Reaches(goesOn, "succeeded");
    }

    private async Task Requests()
    {
        var output = Canary.New("an answer");
        Outputs.Add(output);
        echo.Says = output.Core;
        echo.Accepted["Bearer open"] = true;
        var http = (await api.Post("/api/connections", new
        {
            connector = "http",
            name = $"{Marker} http",
            settings = new { baseUrl = echo.Address, auth = "bearer" },
            credentials = new { token = "open" }
        })).Is(201)["id"].GetGuid();
        var request = new
        {
            method = "POST",
            path = $"/{Input("a path").Core}",
            query = new { q = Input("a query").Core },
            headers = new Dictionary<string, string> { ["X-Mine"] = Input("a header").Core },
            body = new { b = Input("a body").Core }
        };
        await api.Reaches(await Run(http, "request", request), "succeeded");
        await api.Reaches(await Run(http, "request", new { method = "GET", path = $"/../{Input("a refused path").Core}" }), "failed");
    }

    private async Task<Guid> Run(Guid connection, string activity, object input) =>
        (await api.Post("/api/activities", new { connectionId = connection, activity, input })).Is(202)["id"].GetGuid();

    private Canary Input(string of)
    {
        Inputs.Add(Canary.New(of));
        return Inputs[^1];
    }

    private static string Md5(string text)
    {
#pragma warning disable CA5351 // computed by the database, not used for protection
        return Convert.ToHexStringLower(MD5.HashData(Encoding.UTF8.GetBytes(text)));
#pragma warning restore CA5351
    }
}
