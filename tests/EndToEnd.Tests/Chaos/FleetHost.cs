using System.Globalization;
using EndToEnd.Tests.Harness;
using EndToEnd.Tests.Hosts;
using Npgsql;
using TestServers;

namespace EndToEnd.Tests.Chaos;

/// <summary>One host of a deployment with its own proxy to each server. It can be killed and restarted.</summary>
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
                MaxPoolSize = 12 // seven hosts share a hundred connections
            }.ToString(),
            ["Bus__Connection"] = Through(servers.Bus.Address, servers.Bus.Port, Lines[2].Line)
        };
    }

    public string Host { get; }

    public string Name { get; }

    public (string Server, CutProxy Line)[] Lines { get; }

    public HostProcess Process => lives[^1];

    /// <summary>Whether the host consumes from its queues.</summary>
    public bool Listens => Process.Output.Contains("Bus started", StringComparison.Ordinal);

    /// <summary>The output of all its processes.</summary>
    public string Output => string.Join('\n', lives.Select(l => $"== {Name}\n{l.Output}"));

    public void Launch()
    {
        string[] arguments = Host == HostFleet.Api ? ["--urls", "http://127.0.0.1:0"] : [];
        lives.Add(programs.Start(Host, settings, arguments));
    }

    public async Task KillAndLaunch(TimeSpan pause)
    {
        await Process.Kill();
        await Task.Delay(pause, TimeProvider.System); // the others run without it for this time
        Launch();
    }

    /// <exception cref="InvalidOperationException">The host exited by itself. The message contains its output.</exception>
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
