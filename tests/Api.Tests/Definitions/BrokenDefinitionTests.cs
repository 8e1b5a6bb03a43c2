using System.Text.Json;
using Connections.Connectors.Catalogue;
using Connections.Connectors.Definitions;
using Connections.Hosting;
using Connections.Hosting.Keys;
using TestServers;

namespace Api.Tests.Definitions;

/// <summary>A user's definition with mistakes keeps its own connector out, and the service says so.</summary>
public sealed class BrokenDefinitionTests : IDisposable
{
    private const string Good = """
        connector: acme
        name: Acme
        category: test
        description: A test.
        servers: { api: "https://api.acme.example" }
        authentication: { key: { credentials: { apiKey: { label: Key } }, bearer: "{credentials.apiKey}" } }
        probe: { get: /me }
        identity: { value: body.id, basis: id }
        activities: {}
        """;

    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("definitions-");

    public void Dispose() => folder.Delete(recursive: true);

    [Fact]
    public async Task Health_and_the_catalogue_name_a_broken_file_and_serve_the_others()
    {
        Write("good.yaml", Good);
        Write("broken.yaml", Good.Replace("connector: acme", "connector: Broken Inc", StringComparison.Ordinal).Replace("/me", "me", StringComparison.Ordinal));
        Write("taken.yaml", Good.Replace("connector: acme", "connector: slack", StringComparison.Ordinal));
        Write("notes.txt", "no definition");
        await using var api = await TestApi.Start(null, ("Connectors:Folder", folder.FullName));

        var health = await Read(await api.Client.GetAsync(new Uri("/health/ready", UriKind.Relative)));
        var leftOut = health.GetProperty("leftOut").EnumerateArray().Select(line => line.GetString()!).Order(StringComparer.Ordinal).ToList();
        Assert.Equal(
            ["broken.yaml: 2 mistakes; see broken in GET /api/connectors.", "slack: 1 mistake; see broken in GET /api/connectors."], leftOut);

        using var client = await api.ClientWith(Role.Viewer);
        var list = await Read(await client.GetAsync(new Uri("/api/connectors", UriKind.Relative)));
        var broken = list.GetProperty("broken").EnumerateArray().ToDictionary(b => b.GetProperty("name").GetString()!, b => b.GetProperty("faults"));
        Assert.Equal(["broken.yaml", "slack"], broken.Keys.Order());
        Assert.StartsWith(Path.Combine(folder.FullName, "broken.yaml") + ":1:12: ", broken["broken.yaml"][0].GetString(), StringComparison.Ordinal);
        Assert.Equal("There is another connector \"slack\"; choose another id in the file.", broken["slack"][0].GetString());
        var items = list.GetProperty("items").EnumerateArray().ToDictionary(i => i.GetProperty("id").GetString()!, i => i);
        Assert.True(items["acme"].GetProperty("custom").GetBoolean());
        Assert.False(items["slack"].GetProperty("custom").GetBoolean());
        var absent = await Read(await client.GetAsync(new Uri("/api/connectors/broken", UriKind.Relative)));
        Assert.StartsWith(
            "The connector \"broken\" is left out, because broken.yaml has mistakes, such as: ", absent.GetProperty("detail").GetString(),
            StringComparison.Ordinal);
        Assert.Equal(16, items["acme"].GetProperty("version").GetString()!.Length);
    }

    [Fact]
    public async Task Two_files_with_one_connector_are_named_by_the_check_and_the_first_one_serves()
    {
        Write("a.yaml", Good);
        Write("b.yaml", Good);
        var files = DefinitionFile.Folder(folder.FullName);
        Assert.Equal([false, true], files.Select(f => f.IsBroken));
        Assert.Contains("a.yaml has the connector \"acme\" too; choose another id in one of the files.", files[1].Messages.Single(), StringComparison.Ordinal);
        await using var api = await TestApi.Start(null, ("Connectors:Folder", folder.FullName));
        using var client = await api.ClientWith(Role.Viewer);
        var list = await Read(await client.GetAsync(new Uri("/api/connectors", UriKind.Relative)));
        Assert.Equal("b.yaml", list.GetProperty("broken").EnumerateArray().Single().GetProperty("name").GetString());
        Assert.Contains(list.GetProperty("items").EnumerateArray(), item => item.GetProperty("id").GetString() == "acme");
    }

    [Fact]
    public async Task The_log_names_each_mistake_at_the_start()
    {
        var broken = new BrokenConnector("broken.yaml", ["broken.yaml:1:1: one", "broken.yaml:2:1: two"]);
        using var logs = new CapturedLogs();
        using var factory = LoggerFactory.Create(builder => builder.AddProvider(logs));
        var warnings = new BrokenDefinitionWarnings([broken], factory.CreateLogger<BrokenDefinitionWarnings>());
        await warnings.StartAsync(CancellationToken.None);
        Assert.Equal(
            ["The connector of broken.yaml is left out: broken.yaml:1:1: one", "The connector of broken.yaml is left out: broken.yaml:2:1: two"],
            logs.Messages);
    }

    [Fact]
    public async Task Without_mistakes_nothing_is_left_out()
    {
        Write("good.yaml", Good);
        await using var api = await TestApi.Start(null, ("Connectors:Folder", folder.FullName));
        var health = await Read(await api.Client.GetAsync(new Uri("/health/ready", UriKind.Relative)));
        Assert.False(health.TryGetProperty("leftOut", out var leftOut) && leftOut.ValueKind != JsonValueKind.Null);
    }

    private void Write(string name, string text) => File.WriteAllText(Path.Combine(folder.FullName, name), text);

    private static async Task<JsonElement> Read(HttpResponseMessage response)
    {
        using (response) return JsonSerializer.Deserialize<JsonElement>(await response.Content.ReadAsStringAsync());
    }
}
