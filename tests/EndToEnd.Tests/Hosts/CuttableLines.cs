using Npgsql;
using TestServers;

namespace EndToEnd.Tests.Hosts;

/// <summary>The proxies between one host and its servers.</summary>
internal sealed class CuttableLines(Servers servers) : IAsyncDisposable
{
    private readonly CutProxy log = CutProxy.To(servers.Log.Port);
    private readonly CutProxy sql = CutProxy.To(servers.Sql.Port);
    private readonly CutProxy bus = CutProxy.To(servers.Bus.Port);

    /// <summary>The environment variables that differ.</summary>
    public Dictionary<string, string> Settings => new()
    {
        ["EventLog__Connection"] = servers.Log.Connection.Replace($":{servers.Log.Port}", $":{log.Port}", StringComparison.Ordinal),
        ["Sql__Connection"] = new NpgsqlConnectionStringBuilder(PostgresDatabases.ConnectionString(servers.Sql)) { Port = sql.Port }.ToString(),
        ["Bus__Connection"] = servers.Bus.Address.Replace($":{servers.Bus.Port}/", $":{bus.Port}/", StringComparison.Ordinal)
    };

    /// <summary>Cuts all three connections without closing them.</summary>
    public void Cut()
    {
        foreach (var line in Lines) line.Cut();
    }

    public void Heal()
    {
        foreach (var line in Lines) line.Heal();
    }

    private CutProxy[] Lines => [log, sql, bus];

    public async ValueTask DisposeAsync()
    {
        foreach (var line in Lines) await line.DisposeAsync();
    }
}
