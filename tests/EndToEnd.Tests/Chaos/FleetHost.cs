using System.Globalization;
using EndToEnd.Tests.Harness;
using EndToEnd.Tests.Hosts;
using Npgsql;
using TestServers;

namespace EndToEnd.Tests.Chaos;

/// <summary>One host of a deployment, with a line of its own to each server, killed and started again as often as one likes.</summary>
internal sealed class FleetHost : IAsyncDisposable
{
    private readonly Dictionary<string, string> settings;
    private readonly List<HostProcess> lives = [];
    private readonly HostPrograms programs;

    public FleetHost(Servers servers, string host, int number, HostPrograms programs)
    {
        (Host, Name, this.programs) = (host, $"{host} {number}", programs);
        Lines = [("the log", CutProxy.To(servers.Log.Port)), ("PostgreSQL", CutProxy.To(servers.Sql.Port)), ("RabbitMQ", CutProxy.To(servers.Bus.Port))];
        settings = new Dictionary<string, string>(servers.Settings)
        {
            ["EventLog__Connection"] = Through(servers.Log.Connection, servers.Log.Port, Lines[0].Line),
            ["Sql__Connection"] = new NpgsqlConnectionStringBuilder(PostgresDatabases.ConnectionString(servers.Sql))
            {
                Port = Lines[1].Line.Port,
                MaxPoolSize = 12 // seven hosts, and the server lets in a hundred
            }.ToString(),
            ["Bus__Connection"] = Through(servers.Bus.Address, servers.Bus.Port, Lines[2].Line)
        };
    }

    public string Host { get; }

    public string Name { get; }

    public (string Server, CutProxy Line)[] Lines { get; }

    public HostProcess Process => lives[^1];

    /// <summary>It has made its queues and listens to them.</summary>
    public bool Listens => Process.Output.Contains("Bus started", StringComparison.Ordinal);

    /// <summary>All it said in all its lives.</summary>
    public string Output => string.Join('\n', lives.Select(l => $"== {Name}\n{l.Output}"));

    public void Launch()
    {
        string[] arguments = Host == HostFleet.Api ? ["--urls", "http://127.0.0.1:0"] : [];
        lives.Add(programs.Start(Host, settings, arguments));
    }

    public async Task KillAndLaunch(TimeSpan pause)
    {
        await Process.Kill();
        await Task.Delay(pause, TimeProvider.System); // so long the others are without it
        Launch();
    }

    /// <exception cref="InvalidOperationException">It ended by itself once; it says why.</exception>
    public async ValueTask DisposeAsync()
    {
        var ended = lives.Where(l => l.EndedByItself).Select(l => l.Output).ToArray();
        foreach (var life in lives) await life.DisposeAsync();
        foreach (var (_, line) in Lines) await line.DisposeAsync();
        if (ended.Length > 0) throw new InvalidOperationException($"{Name} ended by itself: {string.Join('\n', ended)}");
    }

    private static string Through(string address, int port, CutProxy line) => address.Replace(
        $":{port.ToString(CultureInfo.InvariantCulture)}", $":{line.Port.ToString(CultureInfo.InvariantCulture)}", StringComparison.Ordinal);
}
