using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace TestServers.Tds;

/// <summary>
/// A double of SQL Server, after Microsoft's published [MS-TDS]: it encrypts, checks the password, and answers statements as a test says.
/// </summary>
public sealed class TdsServer : IAsyncDisposable
{
    private const byte Response = 4;
    private const uint Version74 = 0x74000004;
    private const uint Version8 = 0x08000000;

    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource ended = new();
    private X509Certificate2 certificate;

    public TdsServer(params string[] names)
    {
        certificate = Issued(expired: false, names);
        listener.Start();
        Port = ((IPEndPoint)listener.LocalEndpoint).Port;
        _ = Accept();
    }

    public int Port { get; }

    public TestCertificates Certificates { get; } = new();

    /// <summary>The passwords by user.</summary>
    public ConcurrentDictionary<string, string> Users { get; } = new();

    /// <summary>The value of the option ENCRYPTION (2.2.6.5): 0 off, 1 on, 2 not supported, 3 required.</summary>
    public byte Encryption { get; set; } = 1;

    /// <summary>Whether TLS begins before anything else, as in version 8.0.</summary>
    public bool Strict { get; set; }

    /// <summary>The tokens before the response to a request to sign in.</summary>
    public Func<TdsLogin, byte[]> BeforeLogin { get; set; } = _ => [];

    /// <summary>The response to a statement; null if there is none until the client sends an attention.</summary>
    public Func<string, IReadOnlyDictionary<string, string>, byte[]?> Answer { get; set; } = (_, _) => TdsTokens.Done();

    public ConcurrentQueue<TdsLogin> Logins { get; } = [];

    public ConcurrentQueue<string> Statements { get; } = [];

    private int attentions;

    public int Attentions => Volatile.Read(ref attentions);

    public void UseCertificate(bool expired, params string[] names) => certificate = Issued(expired, names);

    public async ValueTask DisposeAsync()
    {
        await ended.CancelAsync();
        listener.Dispose();
        ended.Dispose();
        Certificates.Dispose();
    }

    private X509Certificate2 Issued(bool expired, string[] names)
    {
        var (issued, key) = Certificates.Issue(expired, names.Length == 0 ? ["127.0.0.1"] : names);
        return X509Certificate2.CreateFromPem(issued, key);
    }

    private async Task Accept()
    {
        try
        {
            while (true) _ = Serve(await listener.AcceptTcpClientAsync(ended.Token));
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The test has ended.
        }
    }

    private async Task Serve(TcpClient client)
    {
        using (client)
        {
            try
            {
                await Converse(client.GetStream(), ended.Token);
            }
            catch (Exception e) when (e is IOException or OperationCanceledException or ObjectDisposedException or AuthenticationException)
            {
                // The client closed the connection.
            }
        }
    }

    private async Task Converse(Stream stream, CancellationToken ct)
    {
        if (Strict) stream = await Encrypt(stream, SslProtocols.None, ct);
        var wanted = await TdsMessage.Read(stream, ct);
        await TdsMessage.Write(stream, Response, PreLogin(Encryption), ct);
        if (!Strict && Encryption is 1 or 3 && wanted.Data[32] != 2) // the option ENCRYPTION of this service's message
        {
            var handshake = new TdsPreLoginStream(stream);
            stream = await Encrypt(handshake, SslProtocols.Tls12, ct);
            handshake.Handshaking = false;
        }

        var login = new TdsLogin((await TdsMessage.Read(stream, ct)).Data);
        Logins.Enqueue(login);
        if (login.Version == Version8 != Strict) return;
        var before = BeforeLogin(login);
        var right = Users.TryGetValue(login.User, out var password) && login.HasPassword(password);
        await TdsMessage.Write(
            stream, Response, before.Length > 0 && before[0] == 0xAA ? before
                : right ? [.. before, .. TdsTokens.SignedIn(Strict ? Version8 : Version74, login.Database)]
                : [.. before, .. TdsTokens.Error(18456, $"Login failed for user '{login.User}'.")], ct);
        while (right) await Respond(stream, await TdsMessage.Read(stream, ct), login, ct);
    }

    private async Task Respond(Stream stream, TdsMessage message, TdsLogin login, CancellationToken ct)
    {
        if (message.Type == TdsMessage.Attention)
        {
            Interlocked.Increment(ref attentions);
            await TdsMessage.Write(stream, Response, TdsTokens.Done(TdsTokens.Attention), ct);
            return;
        }

        var (sql, parameters) = message.Statement();
        Statements.Enqueue(sql);
        var answer = sql.Contains("SUSER_SNAME", StringComparison.Ordinal) ? TdsTokens.Result(
                TdsColumn.Text("", login.User), TdsColumn.Text("", login.Database), TdsColumn.Text("", "double"),
                    TdsColumn.Text("", "9F2A-1"))
            : sql.Contains("@@TRANCOUNT", StringComparison.Ordinal) ? TdsTokens.Result(TdsColumn.Number("", 1))
            : sql.StartsWith("SET XACT_ABORT", StringComparison.Ordinal) ? TdsTokens.Done()
            : Answer(sql, parameters);
        if (answer is not null) await TdsMessage.Write(stream, Response, answer, ct);
    }

    private async Task<SslStream> Encrypt(Stream stream, SslProtocols protocols, CancellationToken ct)
    {
        var tls = new SslStream(stream);
        await tls.AuthenticateAsServerAsync(
            new SslServerAuthenticationOptions
            {
                ServerCertificateContext = SslStreamCertificateContext.Create(certificate, null, offline: true),
                EnabledSslProtocols = protocols,
                ApplicationProtocols = Strict ? [new SslApplicationProtocol("tds/8.0")] : null
            },
            ct);
        return tls;
    }

    private static byte[] PreLogin(byte encryption) => [0, 0, 11, 0, 6, 1, 0, 17, 0, 1, 0xFF, 16, 0, 0, 0, 0, 0, encryption];
}
