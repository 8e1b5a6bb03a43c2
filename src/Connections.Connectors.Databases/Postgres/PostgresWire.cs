using System.Buffers.Binary;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using Connections.Connectors.Databases;
using Connections.Connectors.Guard;
using Connections.Connectors.Relays;
using Connections.Domain;

namespace Connections.Connectors.Postgres;

/// <summary>
/// Opens lines to one PostgreSQL server, and encrypts them here: only so can the relay see the messages before Npgsql reads them.
/// </summary>
internal sealed class PostgresWire(DatabaseSettings settings, IPEndPoint endpoint, ServerCertificate certificate, TimeProvider clock) : IWire
{
    private const string DoesNotEncrypt = "The server does not encrypt (TLS is off): choose tls \"prefer\" or \"disable\", or enable TLS on the server.";
    private const string NotPostgres = "The server at this address does not respond like PostgreSQL.";
    private static readonly TimeSpan HandshakeLimit = TimeSpan.FromSeconds(10);
    private static readonly byte[] SslRequest = MakeSslRequest();
    private volatile bool readsRows;
    private volatile int requested;

    public bool Encrypted { get; private set; }

    /// <summary>Whether rows of any size may come: their values are read in parts.</summary>
    public bool ReadsRows
    {
        get => readsRows;
        set => readsRows = value;
    }

    /// <summary>The code of the newest request for authentication.</summary>
    public int Requested
    {
        get => requested;
        set => requested = value;
    }

    /// <summary>Makes a line of a socket that has just been connected.</summary>
    public async Task<(Line? Line, ConnectorResult.Failed? Objection)> Open(Socket socket, CancellationToken ct)
    {
        if (!settings.Encrypted) return (Plain(socket), null);
        var (line, objection) = await Encrypt(socket, ct);
        Encrypted = line?.Stream is SslStream;
        if (line is not null || objection is not null) return (line, objection);
        socket.Dispose();
        return await OpenPlain(ct);
    }

    /// <summary>Opens an unencrypted line to the same address.</summary>
    public async Task<(Line? Line, ConnectorResult.Failed? Objection)> OpenPlain(CancellationToken ct)
    {
        Encrypted = false;
        var dialled = await Dialler.Dial(new GuardedHost(settings.Host, [endpoint], null), clock, ct);
        return dialled.Socket is { } socket ? (Plain(socket), null) : (null, dialled.Failure);
    }

    public async Task<Line> Dial(CancellationToken ct)
    {
        var dialled = await Dialler.Dial(new GuardedHost(settings.Host, [endpoint], null), clock, ct);
        if (dialled.Socket is not { } socket) throw new IOException("The server cannot be reached any more.");
        if (!Encrypted) return Plain(socket);
        if ((await Encrypt(socket, ct)).Line is { Stream: SslStream } line) return line;
        socket.Dispose();
        throw new IOException("The server no longer encrypts.");
    }

    public Task<(Stream Near, Stream Far)> Begin(Stream near, Line far, bool first, CancellationToken ct) => Task.FromResult((near, far.Stream));

    public IWireGuard Guard() => new PostgresGuard(this);

    /// <returns>Neither a line nor an objection if the server does not encrypt and need not, but the socket cannot be used any more.</returns>
    private async Task<(Line? Line, ConnectorResult.Failed? Objection)> Encrypt(Socket socket, CancellationToken ct)
    {
        using var limit = new CancellationTokenSource(HandshakeLimit, clock);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, ct);
        var stream = new NetworkStream(socket);
        try
        {
            await stream.WriteAsync(SslRequest, both.Token);
            var answer = new byte[1];
            await stream.ReadExactlyAsync(answer, both.Token);
            if (answer[0] != 'S')
                return settings.MustEncrypt ? (null, NoTls(answer[0] == 'N' ? DoesNotEncrypt : NotPostgres, answered: true))
                    : answer[0] == 'N' ? (Plain(socket), null)
                    : (null, null);
            return (new Line(socket, await certificate.Connect(stream, both.Token)), null);
        }
        catch (OperationCanceledException)
        {
            return (null, ct.IsCancellationRequested ? TimedOut("the TLS handshake") : NoTls(NotPostgres));
        }
        catch (Exception e) when (e is AuthenticationException or IOException)
        {
            if (!settings.MustEncrypt && e is AuthenticationException) return (null, null); // as libpq does with "prefer"
            return (null, NoTls(certificate.Objection ?? $"The TLS handshake failed. {NotPostgres}"));
        }
    }

    private static Line Plain(Socket socket) => new(socket, new NetworkStream(socket));

    private static ConnectorResult.Failed NoTls(string message, bool answered = false) =>
        new(FailureKind.Unavailable, message, Delivered.No, Answered: answered);

    private static ConnectorResult.Failed TimedOut(string what) => new(FailureKind.Timeout, $"The timeout passed while {what}.", Delivered.No);

    private static byte[] MakeSslRequest()
    {
        var request = new byte[8];
        BinaryPrimitives.WriteInt32BigEndian(request, 8);
        BinaryPrimitives.WriteInt32BigEndian(request.AsSpan(4), 80877103);
        return request;
    }
}
