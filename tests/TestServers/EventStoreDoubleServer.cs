using System.Globalization;
using System.Runtime.Versioning;

namespace TestServers;

/// <summary>The EventStoreDB double as a process. Its data folder survives restarts.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class EventStoreDoubleServer : EventLogServer
{
    private readonly string[] options;
    private int starts;

    private EventStoreDoubleServer(LaunchedServer launched, int port, string[] options)
        : base(launched, port) => this.options = options;

    /// <summary>The database file of the double.</summary>
    public string Database => Path.Combine(Folder, "data", "double.db");

    /// <summary>Creates the server without starting it.</summary>
    /// <param name="options">Options of the double. The port is always set; <c>--data</c> overrides the data folder.</param>
    public static async Task<EventStoreDoubleServer> Prepare(params string[] options) =>
        new(await LaunchedServer.In("esdb-", user: null, "-KILL"), Ports.Free(), options);

    public static async Task<EventStoreDoubleServer> Launch(params string[] options)
    {
        while (true)
        {
            var server = await Prepare(options);
            try
            {
                await server.Start();
                return server;
            }
            catch (InvalidOperationException) when (server.Log().Contains("address already in use", StringComparison.Ordinal))
            {
                await server.DisposeAsync(); // another process took the port
            }
        }
    }

    public override Task Start()
    {
        starts++;
        string[] data = options.Contains("--data") ? [] : ["--data", Path.Combine(Folder, "data")];
        return Launched.Start(
            Answers, ["dotnet", Program, "--port", Port.ToString(CultureInfo.InvariantCulture), .. data, .. options]);
    }

    // The tests run in artifacts/bin/<tests>/debug/, beside artifacts/bin/EventStoreDouble/debug/.
    private static string Program
    {
        get
        {
            var here = new DirectoryInfo(AppContext.BaseDirectory);
            return Path.Combine(here.Parent!.Parent!.FullName, "EventStoreDouble", here.Name, "EventStoreDouble.dll");
        }
    }

    // Reads the log of the double: another process might listen on its port.
    private Task<bool> Answers() => Task.FromResult(Log().Split("The double listens").Length > starts);
}
