using System.Globalization;
using System.Runtime.Versioning;

namespace TestServers;

/// <summary>The double of EventStoreDB, as a process with a data folder that outlives its restarts.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class EventStoreDoubleServer : EventLogServer
{
    private readonly string[] options;
    private int starts;

    private EventStoreDoubleServer(LaunchedServer launched, int port, string[] options)
        : base(launched, port) => this.options = options;

    /// <summary>The file that holds it all.</summary>
    public string Database => Path.Combine(Folder, "data", "double.db");

    /// <summary>Not yet started.</summary>
    /// <param name="options">As the double takes them; port and data are its own, unless given.</param>
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
                await server.DisposeAsync(); // somebody else was given the same port
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

    // artifacts/bin/<tests>/debug/ and artifacts/bin/EventStoreDouble/debug/ are neighbours
    private static string Program
    {
        get
        {
            var here = new DirectoryInfo(AppContext.BaseDirectory);
            return Path.Combine(here.Parent!.Parent!.FullName, "EventStoreDouble", here.Name, "EventStoreDouble.dll");
        }
    }

    // its own word: on its port somebody else might answer
    private Task<bool> Answers() => Task.FromResult(Log().Split("The double listens").Length > starts);
}
