using System.Globalization;
using System.Runtime.Versioning;
using EventStoreDouble;
using Microsoft.AspNetCore.Builder;

namespace TestServers;

/// <summary>The EventStoreDB double, in this process or as a process that a test can kill. Its data folder survives restarts.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class EventStoreDoubleServer : EventLogServer
{
    private readonly string[] options;
    private readonly bool asProcess;
    private WebApplication? app;
    private StreamWriter? output;
    private int starts;

    private EventStoreDoubleServer(LaunchedServer launched, int port, bool asProcess, string[] options)
        : base(launched, port) => (this.asProcess, this.options) = (asProcess, options);

    /// <summary>The database file of the double.</summary>
    public string Database => Path.Combine(Folder, "data", "double.db");

    /// <summary>Creates a server in this process without starting it.</summary>
    /// <param name="options">Options of the double. The port is always set; <c>--data</c> overrides the data folder.</param>
    public static Task<EventStoreDoubleServer> Prepare(params string[] options) => Create(asProcess: false, options);

    /// <summary>Creates a server as a process without starting it.</summary>
    public static Task<EventStoreDoubleServer> PrepareProcess(params string[] options) => Create(asProcess: true, options);

    public static Task<EventStoreDoubleServer> Launch(params string[] options) => LaunchAs(asProcess: false, options);

    /// <summary>Starts a server as a process, for tests that kill it.</summary>
    public static Task<EventStoreDoubleServer> LaunchProcess(params string[] options) => LaunchAs(asProcess: true, options);

    public override async Task Start()
    {
        starts++;
        string[] data = options.Contains("--data") ? [] : ["--data", Path.Combine(Folder, "data")];
        string[] arguments = ["--port", Port.ToString(CultureInfo.InvariantCulture), .. data, .. options];
        if (asProcess)
        {
            await Launched.Start(Answers, ["dotnet", Program, .. arguments]);
            return;
        }

        output = new StreamWriter(new FileStream(Launched.LogFile, FileMode.Append, FileAccess.Write, FileShare.ReadWrite)) { AutoFlush = true };
        app = DoubleServer.Build(arguments, TextWriter.Synchronized(output));
        await app.StartAsync();
    }

    public override async Task Stop()
    {
        await base.Stop();
        if (app is null) return;
        await app.StopAsync(new CancellationToken(canceled: true)); // ends the connections at once
        await app.DisposeAsync();
        await output!.DisposeAsync();
        app = null;
    }

    private static async Task<EventStoreDoubleServer> Create(bool asProcess, string[] options) =>
        new(await LaunchedServer.In("esdb-", user: null, "-KILL"), Ports.Free(), asProcess, options);

    private static async Task<EventStoreDoubleServer> LaunchAs(bool asProcess, string[] options)
    {
        while (true)
        {
            var server = await Create(asProcess, options);
            try
            {
                await server.Start();
                return server;
            }
            catch (Exception e) when ($"{e.Message} {server.Log()}".Contains("address already in use", StringComparison.Ordinal))
            {
                await server.DisposeAsync(); // another process took the port
            }
        }
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
    private Task<bool> Answers() => Task.FromResult(Log().Split(DoubleServer.Ready).Length > starts);
}
