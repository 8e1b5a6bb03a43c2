using Connections.Connectors.Guard;
using Connections.Connectors.Pipeline;
using Connections.Connectors.Relays;
using Connections.Connectors.Ssh;
using Connections.Domain;
using Renci.SshNet;
using Renci.SshNet.Common;
using Renci.SshNet.Sftp;

namespace Connections.Connectors.Sftp;

/// <summary>One signed-in session with a server. All paths stay below the folder of the connection, also through links.</summary>
internal sealed class SftpSession : IAsyncDisposable
{
    // Also for the longest listing: about 300,000 files in one folder.
    private const int MaxReceived = 64 * 1024 * 1024;

    // The protocol promises messages of 34,000 bytes; OpenSSH has larger ones, as large as the library's packets. Fewer cost less.
    private const uint OpenSshBuffer = 64 * 1024;

    private readonly Relay relay;
    private readonly ReceiveLimit received;

    private SftpSession(SftpClient client, Relay relay, ReceiveLimit received) =>
        (Client, this.relay, this.received) = (client, relay, received);

    public SftpClient Client { get; }

    /// <summary>The folder of the connection, as the server names it. Empty for the top of the server.</summary>
    public string Root { get; private set; } = "";

    /// <summary>Why the session was closed: the server sent more than the limit. Null if it did not.</summary>
    public string? Problem => relay.Problem;

    public static async Task<(SftpSession? Session, ConnectorResult.Failed? Failure)> Open(
        HostGuard guard, SftpSettings settings, Secret credentials, ProbeSteps steps, TimeProvider clock, CancellationToken ct)
    {
        var guarded = await guard.Resolve(settings.Ssh.Host, settings.Ssh.Port, ct);
        if (guarded.Refused is { } refused) return (null, steps.Fail("resolve", refused));
        steps.Ok("resolve", $"{guarded.Host}: {string.Join(", ", guarded.Endpoints.Select(e => e.Address))}");
        var dialled = await Dialler.Dial(guarded, clock, ct, OutboundSockets.ThroughRelay);
        if (dialled.Failure is { } unreachable) return (null, steps.Fail("connect", unreachable));
        steps.Ok("connect", $"Connected to {dialled.Endpoint}.");
        var received = new ReceiveLimit(MaxReceived);
        var signIn = new SshSignIn<SftpClient>(
            settings.Ssh, SftpSettings.Proof(credentials), connection => new SftpClient(connection), clock, received);
        var result = await signIn.Run(dialled.Socket!, ct);
        if (result.Client is not { } client) return (null, steps.Fail("signIn", result.Failure!));
        steps.Ok("signIn", $"Signed in as {settings.Ssh.User}.");
        if (client.ConnectionInfo.ServerVersion?.StartsWith("SSH-2.0-OpenSSH", StringComparison.Ordinal) is true)
            client.BufferSize = OpenSshBuffer;
        return (new SftpSession(client, result.Relay!, received), null);
    }

    /// <summary>The limit for the calls of this session.</summary>
    public CallLimit Limit(TimeProvider clock, CancellationToken ct) => new(relay, TimeSpan.FromSeconds(2), clock, ct);

    /// <summary>Lets the server send more: these bytes of a file were read, and their messages have headers.</summary>
    public void Read(int bytes) => received.Raise(bytes + bytes / 10);

    /// <summary>Goes to the folder of the connection.</summary>
    /// <exception cref="SftpPathNotFoundException">It does not exist.</exception>
    public async Task Enter(string? root, CancellationToken ct)
    {
        if (root is not null) await Client.ChangeDirectoryAsync(root, ct);
        Root = Client.WorkingDirectory.TrimEnd('/');
    }

    /// <summary>The file or folder at the path, where the server's links lead. Null if there is none.</summary>
    /// <exception cref="OutsideException">It is not below the folder of the connection.</exception>
    public async Task<ISftpFile?> Find(SftpPath path, CancellationToken ct)
    {
        try
        {
            var found = await Client.GetAsync(Root + path.Value, ct);
            var inside = found.FullName == Root || Root.Length == 0 || found.FullName.StartsWith(Root + "/", StringComparison.Ordinal);
            return inside ? found : throw new OutsideException();
        }
        catch (SftpPathNotFoundException)
        {
            return null;
        }
    }

    /// <summary>The path of a name in a folder, where the server's links lead.</summary>
    /// <exception cref="OutsideException">The folder is not below the folder of the connection.</exception>
    public async Task<string?> Place(SftpPath path, CancellationToken ct) =>
        await Find(path.Parent, ct) is { IsDirectory: true } folder ? $"{folder.FullName.TrimEnd('/')}/{path.Name}" : null;

    /// <summary>The length of the file at a place of the server; null if there is none.</summary>
    public async Task<long?> Length(string place, CancellationToken ct)
    {
        try
        {
            return (await Client.GetAttributesAsync(place, ct)).Size;
        }
        catch (SftpPathNotFoundException)
        {
            return null;
        }
    }

    public ValueTask DisposeAsync()
    {
        relay.Cut();
        // Disposing waits for the other side, which is already cut off. Do that in the background.
        _ = Task.Run(async () =>
        {
            await using var last = relay;
            Client.Dispose();
        });
        return ValueTask.CompletedTask;
    }
}

/// <summary>A path leads out of the folder of the connection.</summary>
internal sealed class OutsideException() : Exception("The path leads out of the folder of the connection, through a link.");
