using System.Text.Json;
using EndToEnd.Tests.Harness;

namespace EndToEnd.Tests.Canaries;

/// <summary>Sends canaries through every way in which a secret reaches the service, and records them.</summary>
internal sealed class SecretWays(Api api, Providers providers)
{
    private IReadOnlyList<FormField> fields = [];

    public List<Canary> Canaries { get; } = [];

    /// <summary>A value that is no secret and has to be found.</summary>
    public string Marker { get; } = $"marker{Guid.NewGuid():n}";

    /// <summary>The connections that were not deleted.</summary>
    public List<Guid> Connections { get; } = [];

    public static IReadOnlyDictionary<string, int> Expected { get; } =
        new Dictionary<string, int>
        {
            ["aws-s3"] = 2,
            ["aws-textract"] = 2,
            ["bamboohr"] = 1,
            ["email"] = 1,
            ["google-vision"] = 2,
            ["http"] = 3,
            ["imap"] = 1,
            ["mysql"] = 4,
            ["postgres"] = 4,
            ["sftp"] = 3,
            ["smtp"] = 1,
            ["sqlserver"] = 4,
            ["twilio"] = 2
        };

    public async Task GoAll()
    {
        // Definitions share one engine, and each has examples with canaries (Connectors.Tests). The two that are expected stand for all.
        fields = [.. (await FormField.All(api)).Where(f => !f.Defined || Expected.ContainsKey(f.Connector))];
        // Add new secret fields and connectors here. The walk below then covers them.
        Assert.Equal(Expected.OrderBy(e => e.Key), fields.Where(f => f.Secret).CountBy(f => f.Connector).OrderBy(f => f.Key));
        foreach (var connector in Expected.Keys)
        {
            foreach (var right in await providers.Ways(connector)) await Go(right);
            await Untried((await providers.Ways(connector))[0]);
            await Malformed((await providers.Ways(connector))[0]);
        }

        var met = Canaries.Select(c => c.Owner).ToHashSet();
        Assert.Subset(met, fields.Where(f => f.Secret).Select(f => $"{f.Connector}.{f.Name}").ToHashSet());
    }

    /// <summary>Stored for a command on the bus.</summary>
    public async Task<string> Leave(FilledForm form)
    {
        Note(form);
        return (await api.Post("/api/secrets", new { credentials = form.Credentials })).Is(201)["reference"].GetString()!;
    }

    /// <summary>The form with canaries that the provider rejects.</summary>
    public FilledForm Wrong(FilledForm right) => right.Wrong(fields);

    private async Task Go(FilledForm right)
    {
        var name = $"{Marker} {Connections.Count}";
        foreach (var wrong in new[] { Wrong(right), Wrong(right) })
        {
            Note(wrong);
            Assert.NotEqual("ok", (await Post("/api/connections/test", wrong)).Is(200)["outcome"].GetString());
            (await Post("/api/connections", wrong, name)).Is(422);
        }

        Note(right);
        var tried = (await Post("/api/connections/test", right)).Is(200);
        Assert.True(tried["outcome"].GetString() == "ok", tried.Text);
        var id = (await Post("/api/connections", right, name)).Is(201)["id"].GetGuid();
        Connections.Add(id);
        (await Post("/api/connections", right, name)).Is(409);
        (await Post("/api/connections", right, $"{name} again")).Is(409);
        var refused = Wrong(right);
        Note(refused);
        (await api.Post($"/api/connections/{id}/reconnect", new { credentials = refused.Credentials })).Is(422);
        (await api.Post($"/api/connections/{id}/reconnect", new { credentials = right.Credentials })).Is(200);
        (await api.Post($"/api/connections/{id}/test")).Is(200);
        await Leave(right);
        foreach (var path in new[] { "/api/connections", $"/api/connections/{id}", $"/api/connections/{id}/history" }) (await api.Get(path)).Is(200);
    }

    // All secret fields at once, without a connection test.
    private async Task Untried(FilledForm right)
    {
        var all = Everything(right);
        var id = (await Post("/api/connections", all, $"{Marker} untried {right.Connector}", skipTest: true)).Is(201)["id"].GetGuid();
        (await api.Post($"/api/connections/{id}/test")).Is(200);
        (await api.Delete($"/api/connections/{id}")).Is(204);
        await Destroyed(id);
    }

    private async Task Malformed(FilledForm right)
    {
        foreach (var field in fields.Where(f => f.Secret && f.Connector == right.Connector))
        {
            var all = Everything(right);
            var canary = all.Secrets.Single(c => c.Owner == $"{field.Connector}.{field.Name}").Value;
            foreach (var value in new object[] { new[] { canary }, new { a = canary }, canary + "\u0001", canary + new string('x', 70_000) })
            {
                var credentials = all.Credentials.ToDictionary(c => c.Key, c => (object)c.Value);
                credentials[field.Name] = value;
                foreach (var path in new[] { "/api/connections", "/api/connections/test", $"/api/connections/{Connections[0]}/reconnect" })
                {
                    var body = new Dictionary<string, object> { ["credentials"] = credentials, ["settings"] = right.Settings };
                    if (!path.EndsWith("reconnect", StringComparison.Ordinal)) body["connector"] = right.Connector;
                    if (path == "/api/connections") body["name"] = $"{Marker} malformed";
                    (await api.Post(path, body)).Is(422);
                }
            }

            var good = JsonSerializer.Serialize(new { connector = right.Connector, name = "n", settings = right.Settings, credentials = all.Credentials });
            await Refused(good.Insert(1, "\"surprise\": 1, "));
            await Refused(good[..(good.IndexOf(all.Secrets.Single(c => c.Value == canary).Core, StringComparison.Ordinal) + 38)]);
            await Refused(good.Replace("\"connector\":\"", "\"connector\":1,\"x\":\"", StringComparison.Ordinal));
            await Refused(good.Replace("\"credentials\":{", "\"credentials\":[{", StringComparison.Ordinal));
            await Refused(JsonSerializer.Serialize(new { credentials = canary }));
            await Refused(JsonSerializer.Serialize(new { connector = right.Connector, name = "n", settings = right.Settings, credentials = canary }));
            (await api.Raw(HttpMethod.Post, "/api/secrets", JsonSerializer.Serialize(new { credentials = canary }))).Is(400);
            (await api.Raw(HttpMethod.Post, "/api/secrets", JsonSerializer.Serialize(new { credentials = all.Credentials, more = canary }))).Is(400);
        }
    }

    private async Task Refused(string body)
    {
        var answer = await api.Raw(HttpMethod.Post, "/api/connections", body);
        Assert.True(answer.Status is 400 or 404 or 422, answer.Text);
        answer = await api.Raw(HttpMethod.Post, "/api/connections/test", body);
        Assert.True(answer.Status is 400 or 404 or 422, answer.Text);
    }

    private Task Destroyed(Guid id) => TestServers.Until.Holds(
        async () => (await api.HistoryTypes(id)).Contains("connection-secrets-destroyed"), $"the secrets of {id} are destroyed");

    private FilledForm Everything(FilledForm right)
    {
        var (credentials, secrets) = (new Dictionary<string, string>(right.Credentials), new List<Canary>());
        foreach (var field in fields.Where(f => f.Secret && f.Connector == right.Connector))
        {
            secrets.Add(field.Canary());
            credentials[field.Name] = secrets[^1].Value;
        }

        var all = right with { Credentials = credentials, Secrets = secrets };
        Note(all);
        return all;
    }

    private void Note(FilledForm form) => Canaries.AddRange(form.Secrets.Except(Canaries));

    private Task<ApiResponse> Post(string path, FilledForm form, string? name = null, bool skipTest = false) => name is null
        ? api.Post(path, new { connector = form.Connector, settings = form.Settings, credentials = form.Credentials })
        : api.Post(path, new { connector = form.Connector, name, settings = form.Settings, credentials = form.Credentials, skipTest });
}
