using System.Net;
using System.Net.Sockets;
using Connections.Connectors.Guard;
using Connections.Connectors.Relays;

namespace Connections.Connectors.MySql;

/// <summary>
/// Opens lines to one MySQL server. The protocol changes to TLS after its first packets, and the library must see that. So the relay decrypts
/// what the server sends, checks it, and encrypts it again for the library with a certificate of this process.
/// </summary>
/// <param name="accepted">Called once, when the server's certificate is accepted.</param>
internal sealed class MySqlWire(IPEndPoint endpoint, byte[] greeting, ServerCertificate certificate, Action accepted) : IWire
{
    /// <summary>The largest response to a read, and the most that may come for one row of a write.</summary>
    public const long ResponseBytes = 4 * 1024 * 1024;

    private const int SslRequestLength = 32;
    private const byte EncryptionFlag = 0x08; // in the second byte of the capabilities
    private long allowance = ResponseBytes;
    private volatile bool signedIn;
    private volatile bool encrypted;

    public bool SignedIn
    {
        get => signedIn;
        set => signedIn = value;
    }

    /// <summary>Whether the library asked for encryption and got it.</summary>
    public bool Encrypted => encrypted;

    /// <summary>Renews the allowance for what the server sends.</summary>
    public void Renew() => Interlocked.Exchange(ref allowance, ResponseBytes);

    public bool Take(long bytes) => Interlocked.Add(ref allowance, -bytes) >= 0;

    public IWireGuard Guard() => new MySqlGuard(this);

    public async Task<Line> Dial(CancellationToken ct)
    {
        var socket = OutboundSockets.TryCreate(endpoint.AddressFamily, descriptors: 1) ?? throw new IOException("Too many calls are under way.");
        try
        {
            await socket.ConnectAsync(endpoint, ct);
            return new Line(socket, new NetworkStream(socket));
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    public async Task<(Stream Near, Stream Far)> Begin(Stream near, Line far, bool first, CancellationToken ct)
    {
        await near.WriteAsync(first ? greeting : await Packet(far.Stream, ct), ct);
        var reply = await Packet(near, ct);
        await far.Stream.WriteAsync(reply, ct);
        if (reply.Length != MySqlGreeting.HeaderBytes + SslRequestLength || (reply[MySqlGreeting.HeaderBytes + 1] & EncryptionFlag) == 0) return (near, far.Stream);

        var tls = await certificate.Connect(far.Stream, ct);
        if (!encrypted) accepted();
        encrypted = true;
        return (await LocalCertificate.Accept(near, ct), tls);
    }

    private static async Task<byte[]> Packet(Stream stream, CancellationToken ct) =>
        await MySqlGreeting.ReadPacket(stream, (length, _) => length <= MySqlGuard.SignInBytes, ct)
        ?? throw new IOException("The first packet is too long.");
}
