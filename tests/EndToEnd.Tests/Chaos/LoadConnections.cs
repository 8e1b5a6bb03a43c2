using EndToEnd.Tests.Kills;
using TestServers;

namespace EndToEnd.Tests.Chaos;

/// <summary>The connections of the activities of a load.</summary>
internal static class LoadConnections
{
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(4);

    public static async Task<(Guid[] Ids, string[] Names)> Connect(HostFleet fleet, FakeProvider provider)
    {
        using var api = fleet.AnyApi();
        var (ids, names) = (new List<Guid>(), new List<string>());
        for (var n = 1; n <= 5; n++)
        {
            names.Add($"in use {n}");
            ids.Add(Guid.NewGuid());
            var body = OwnedConnection.Body(ids[^1], names[^1], provider.Address, $"user-{n}");
            await Until.Holds(async () => (await IgnoreDisconnect.Gone(() => api.Post("/api/connections", body)))?.Is(201) is not null, "it is connected", Deadline);
        }

        return ([.. ids], [.. names]);
    }
}
