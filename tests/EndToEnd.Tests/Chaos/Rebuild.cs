using EndToEnd.Tests.Hosts;
using TestServers;

namespace EndToEnd.Tests.Chaos;

/// <summary>The rows built again from the log, as README says how: they have to be what they were.</summary>
internal static class Rebuild
{
    private static readonly string[] Tables = ["connections", "activities", "connection_use"];

    public static async Task EqualsTheRows(Servers servers, Fleet fleet)
    {
        await fleet.Stop();
        var before = await Rows(servers);
        Assert.DoesNotContain("", before);
        await servers.Sql.Sql(
            "TRUNCATE connections, activities, connection_use, waits, wait_queues, wait_connections; "
            + "DELETE FROM checkpoints WHERE name IN ('connections', 'activities', 'waits')",
            PostgresDatabases.User);
        fleet.Members.First(m => m.Host == Fleet.ConnectionWorker).Launch();
        await Until.Holds(
            async () => (await Rows(servers)).SequenceEqual(before), "the rows are again what they were", TimeSpan.FromMinutes(3));
        await fleet.Stop();
    }

    private static async Task<string[]> Rows(Servers servers) => await Task.WhenAll(Tables.Select(async table => await servers.Sql.Sql(
        $"SELECT string_agg(t::text, E'\\n' ORDER BY t::text) FROM {table} t", PostgresDatabases.User) ?? ""));
}
