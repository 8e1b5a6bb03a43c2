using System.Globalization;
using System.Runtime.Versioning;

namespace TestServers;

/// <summary>
/// A real EventStoreDB node. <c>EVENTSTOREDB_PROGRAM</c> names the program <c>eventstored</c>, version 23.10. (The program reads every
/// variable that begins with EVENTSTORE_ as an option, so the name differs.)
/// </summary>
[UnsupportedOSPlatform("windows")]
public sealed class EventStoreNodeServer : EventLogServer
{
    private static readonly string? Program = Environment.GetEnvironmentVariable("EVENTSTOREDB_PROGRAM");
    private static readonly HttpClient Http = new() { Timeout = TimeSpan.FromSeconds(2) };

    private readonly int replication = Ports.Free();

    private EventStoreNodeServer(LaunchedServer launched, int port)
        : base(launched, port)
    {
    }

    public static bool Available => !string.IsNullOrEmpty(Program);

    public static async Task<EventStoreNodeServer> Launch()
    {
        var server = new EventStoreNodeServer(await LaunchedServer.In("eventstore-", user: null, "-KILL"), Ports.Free());
        await server.Start();
        return server;
    }

    public override Task Start() => Launched.Start(
        Answers,
        [
            Program!, "--insecure", "--run-projections", "None", "--disable-log-file",
            "--db", Path.Combine(Folder, "data"), "--log", Path.Combine(Folder, "logs"),
            "--node-ip", "127.0.0.1", "--node-port", Port.ToString(CultureInfo.InvariantCulture),
            "--replication-ip", "127.0.0.1", "--replication-port", replication.ToString(CultureInfo.InvariantCulture)
        ]);

    private async Task<bool> Answers()
    {
        try
        {
            using var response = await Http.GetAsync(new Uri($"http://127.0.0.1:{Port}/health/live"));
            return response.IsSuccessStatusCode;
        }
        catch (Exception e) when (e is HttpRequestException or TaskCanceledException)
        {
            return false;
        }
    }
}
