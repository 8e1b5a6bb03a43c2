using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using Connections.Connectors.Databases;
using Connections.Connectors.Guard;
using Connections.Connectors.Relays;
using Connections.Domain;

namespace Connections.Connectors.SqlServer;

/// <summary>
/// Negotiates encryption with one SQL Server and encrypts the line here, so that the relay sees the packets before the library reads them.
/// The library is told that the server does not encrypt.
/// </summary>
internal sealed class SqlServerWire(DatabaseSettings settings, ServerCertificate certificate, TimeProvider clock) : IWire
{
    /// <summary>The longest response to a read, and the most that may come for one row of a write.</summary>
    public const long ResponseBytes = 1024 * 1024;

    private const string NotSqlServer = "The server at this address does not respond like SQL Server.";
    private const uint Version8 = 0x08000000;
    private const int SignInBytes = 64 * 1024;
    private const int SignInPackets = 100;
    private static readonly TimeSpan HandshakeLimit = TimeSpan.FromSeconds(10);
    private static readonly SslApplicationProtocol Tds8 = new("tds/8.0");

    private byte[] greeting = [];
    private long allowance = ResponseBytes;
    private volatile string? problem;

    /// <summary>Why the response to the sign-in was not forwarded; null if it was.</summary>
    public string? Problem => problem;

    private bool Strict => settings.Tls == SqlServerEntry.Strict;

    /// <summary>Renews the allowance for what the server sends.</summary>
    public void Renew() => Interlocked.Exchange(ref allowance, ResponseBytes);

    public bool Take(long bytes) => Interlocked.Add(ref allowance, -bytes) >= 0;

    public IWireGuard Guard() => new TdsGuard(this);

    // A second connection would sign in again, or cancel what this service did not send.
    public Task<Line> Dial(CancellationToken ct) => throw new IOException("The library dials once.");

    /// <summary>Makes a line of a socket that has just been connected.</summary>
    public async Task<(Line? Line, ConnectorResult.Failed? Objection)> Open(Socket socket, CancellationToken ct)
    {
        using var limit = new CancellationTokenSource(HandshakeLimit, clock);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, ct);
        try
        {
            Stream stream = new NetworkStream(socket);
            if (Strict) stream = await certificate.Connect(stream, both.Token, Tds8);
            await stream.WriteAsync(TdsPreLogin.Request(settings.Encrypted ? TdsEncryption.On : TdsEncryption.NotSupported), both.Token);
            greeting = await TdsPacket.Read(stream, both.Token, TdsPacket.Response);
            if (TdsPreLogin.Encryption(greeting) is not { } encryption) return (null, Failed(NotSqlServer));
            TdsPreLogin.Replace(greeting, TdsEncryption.NotSupported);
            if (Strict) return (new Line(socket, stream), null);
            if (!settings.Encrypted) return encryption == TdsEncryption.NotSupported
                ? (new Line(socket, stream), null)
                : (null, Failed("The server requires encryption: choose tls \"require\".", answered: true));
            if (encryption is TdsEncryption.NotSupported or TdsEncryption.Off) return (null, Failed(
                "The server does not encrypt (TLS is off): enable TLS on the server, or choose tls \"disable\".", answered: true));
            var handshake = new TdsHandshakeStream(stream);
            var tls = await certificate.Connect(handshake, both.Token);
            handshake.Complete = true;
            return (new Line(socket, tls), null);
        }
        catch (OperationCanceledException)
        {
            return (null, ct.IsCancellationRequested
                ? new ConnectorResult.Failed(FailureKind.Timeout, "The timeout passed while the TLS handshake.", Delivered.No)
                : Failed(NotSqlServer));
        }
        catch (Exception e) when (e is AuthenticationException or IOException or InvalidDataException)
        {
            return (null,
                Failed(certificate.Objection ?? (settings.Encrypted ? $"The TLS handshake failed. {NotSqlServer}" : NotSqlServer)));
        }
    }

    public async Task<(Stream Near, Stream Far)> Begin(Stream near, Line far, bool first, CancellationToken ct)
    {
        try
        {
            _ = await TdsPacket.Read(near, ct, TdsPacket.PreLogin);
            await near.WriteAsync(greeting, ct);
            // The library does not know that the line is encrypted by version 8.0, which the server wants to see.
            var login = TdsLogin7.Rewrite(await TdsPacket.Read(near, ct, TdsPacket.Login), Strict ? Version8 : null);
            await far.Stream.WriteAsync(login, ct);
            var response = TdsSignIn.Check(await SignInResponse(far.Stream, ct), out var found);
            problem = found;
            if (response is null) throw new IOException(found);
            foreach (var packet in TdsPacket.Split(TdsPacket.Response, response)) await near.WriteAsync(packet, ct);
            return (near, far.Stream);
        }
        catch (InvalidDataException)
        {
            problem ??= "no packet of this protocol";
            throw new IOException(problem);
        }
    }

    // Nothing is forwarded before the whole response is checked.
    private async Task<byte[]> SignInResponse(Stream far, CancellationToken ct)
    {
        var data = new MemoryStream();
        for (var packets = 1; ; packets++)
        {
            var packet = await TdsPacket.Read(far, ct, TdsPacket.Response);
            data.Write(packet.AsSpan(TdsPacket.HeadLength));
            if (TdsPacket.IsLast(packet[1])) return data.ToArray();
            problem = data.Length > SignInBytes ? $"more than {SignInBytes / 1024} KB before the sign-in was complete"
                : packets > SignInPackets ? "too many packets before the sign-in was complete"
                : null;
            if (problem is not null) throw new IOException(problem);
        }
    }

    private static ConnectorResult.Failed Failed(string message, bool answered = false) =>
        new(FailureKind.Unavailable, message, Delivered.No, Answered: answered);
}
