using System.Runtime.Versioning;

namespace TestServers;

/// <summary>A server with EventStoreDB's protocol. Its data folder survives restarts.</summary>
[UnsupportedOSPlatform("windows")]
public abstract class EventLogServer : IAsyncDisposable
{
    private protected EventLogServer(LaunchedServer launched, int port) => (Launched, Port) = (launched, port);

    public int Port { get; }

    public string Folder => Launched.Folder;

    /// <summary>The connection string, without TLS and without a user.</summary>
    public string Connection => $"esdb://127.0.0.1:{Port}?tls=false";

    private protected LaunchedServer Launched { get; }

    public abstract Task Start();

    /// <summary>Stops the server immediately, as in a crash.</summary>
    public virtual Task Stop() => Launched.Stop();

    public string Log() => Launched.Log();

    public async ValueTask DisposeAsync()
    {
        await Stop();
        await Launched.DisposeAsync();
        GC.SuppressFinalize(this);
    }
}
