using System.Text.Json.Nodes;
using EndToEnd.Tests.Harness;

namespace EndToEnd.Tests.Kills;

/// <summary>Everything that the service returns, by lists and by id.</summary>
internal sealed record Snapshot(Dictionary<string, string> Activities, Dictionary<string, string> Connections)
{
    public const string Checked = "connection-checked";

    public static async Task<Snapshot> Lists(Api api) => new(
        await All(api, "/api/activities?limit=1000&include=input,output"),
        Over(await All(api, "/api/connections?limit=1000"), await All(api, "/api/connections?status=deleted&limit=1000")));

    public static async Task<Snapshot> ById(Api api, IEnumerable<Guid> activities, IEnumerable<Guid> connections)
    {
        var seen = new Snapshot([], []);
        foreach (var id in activities) seen.Activities.Add(id.ToString(), (await api.Activity(id)).Is(200).Text);
        foreach (var id in connections) seen.Connections.Add(id.ToString(), Row((await api.Connection(id)).Is(200).Text));
        return seen;
    }

    /// <summary>The differences between two snapshots; empty when they are equal.</summary>
    public string Against(Snapshot other) => string.Join(
        '\n', Differences(Activities, other.Activities).Concat(Differences(Connections, other.Connections)).Take(5));

    /// <summary>The events of a connection. Checks that were not requested get another name.</summary>
    public static async Task<string[]> History(Api api, Guid connection) =>
    [
        .. from item in (await api.Get($"/api/connections/{connection}/history?limit=1000")).Is(200)["items"].EnumerateArray()
        let type = item.GetProperty("type").GetString()!
        select type == "connection-tested" && !item.GetProperty("data").GetProperty("requested").GetBoolean() ? Checked : type
    ];

    private static IEnumerable<string> Differences(Dictionary<string, string> one, Dictionary<string, string> other) =>
        one.Keys.Union(other.Keys)
            .Where(id => one.GetValueOrDefault(id) != other.GetValueOrDefault(id))
            .Select(id => $"{one.GetValueOrDefault(id) ?? $"{id} is not there"}\n{other.GetValueOrDefault(id) ?? $"{id} is not there"}");

    private static async Task<Dictionary<string, string>> All(Api api, string path)
    {
        var all = new Dictionary<string, string>();
        var connections = path.Contains("/connections", StringComparison.Ordinal);
        for (string? cursor = ""; cursor is not null;)
        {
            var page = (await api.Get(cursor.Length == 0 ? path : $"{path}&cursor={Uri.EscapeDataString(cursor)}")).Is(200);
            foreach (var item in page["items"].EnumerateArray())
                all.Add(item.GetProperty("id").GetString()!, connections ? Row(item.GetRawText()) : item.GetRawText());
            cursor = page["next"].GetString();
        }

        return all;
    }

    // During a rebuild, a connection may change from live to deleted between two reads.
    private static Dictionary<string, string> Over(Dictionary<string, string> before, Dictionary<string, string> later)
    {
        foreach (var (id, row) in later) before[id] = row;
        return before;
    }

    // By id, the response also includes the last use by an activity.
    private static string Row(string connection)
    {
        var row = JsonNode.Parse(connection)!.AsObject();
        row.Remove("lastConnectedAt");
        return row.ToJsonString();
    }
}
