using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using TestServers;

namespace Connectors.Tests.MailServers;

/// <summary>A server of a line-based protocol whose dialogue a test writes, with the certificate of <see cref="Host"/>.</summary>
internal sealed class ScriptedServer : IDisposable
{
    public const string Host = "mail.test";

    private static readonly TestCertificates Certificates = new();
    private static readonly X509Certificate2 Own = Load(Certificates.Issue(false, Host));

    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource ended = new();
    private readonly Func<ScriptedLine, Task> dialogue;
    private readonly bool tls;
    private readonly SslServerAuthenticationOptions options;
    private int connections;

    /// <param name="tls">Whether each connection is encrypted from the start.</param>
    /// <param name="options">Null: the server has a certificate of <see cref="AuthorityPem"/>.</param>
    public ScriptedServer(Func<ScriptedLine, Task> dialogue, bool tls = true, SslServerAuthenticationOptions? options = null)
    {
        (this.dialogue, this.tls, this.options) = (dialogue, tls, options ?? new SslServerAuthenticationOptions { ServerCertificate = Own });
        listener.Start();
        _ = Accept();
    }

    public static string AuthorityPem => Certificates.AuthorityPem;

    public int Port => ((IPEndPoint)listener.LocalEndpoint).Port;

    public int Connections => connections;

    public void Dispose()
    {
        ended.Cancel();
        listener.Dispose();
        ended.Dispose();
    }

    public static X509Certificate2 Load((string Certificate, string Key) pem)
    {
        using var once = X509Certificate2.CreateFromPem(pem.Certificate, pem.Key);
        return X509CertificateLoader.LoadPkcs12(once.Export(X509ContentType.Pfx), null);
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
        Interlocked.Increment(ref connections);
        using (client)
        {
            try
            {
                var line = new ScriptedLine(client.Client, client.GetStream(), options, ended.Token);
                if (tls) await line.Encrypt();
                await dialogue(line);
            }
            catch (Exception e) when (e is IOException or OperationCanceledException or ObjectDisposedException or AuthenticationException or SocketException)
            {
                // The client closed the connection.
            }
        }
    }
}

/// <summary>One connection of a <see cref="ScriptedServer"/>.</summary>
internal sealed class ScriptedLine(Socket socket, Stream stream, SslServerAuthenticationOptions options, CancellationToken ended)
{
    private readonly byte[] buffer = new byte[16 * 1024];
    private int start;
    private int end;

    public Stream Stream { get; private set; } = stream;

    public CancellationToken Ended => ended;

    public async Task Encrypt()
    {
        var tls = new SslStream(Stream);
        await tls.AuthenticateAsServerAsync(options, ended);
        Stream = tls;
    }

    /// <summary>The next line; null at the end of the connection.</summary>
    public async Task<string?> Read()
    {
        var line = new MemoryStream();
        while (start < end || await Fill())
        {
            var length = buffer.AsSpan(start, end - start).IndexOf((byte)'\n');
            line.Write(buffer, start, length < 0 ? end - start : length);
            start = length < 0 ? end : start + length + 1;
            if (length >= 0) return Encoding.UTF8.GetString(line.GetBuffer(), 0, (int)line.Length).TrimEnd('\r');
        }

        return null;
    }

    /// <summary>Reads exactly this many bytes.</summary>
    public async Task<byte[]> Read(int count)
    {
        var bytes = new MemoryStream();
        while (bytes.Length < count && (start < end || await Fill()))
        {
            var length = Math.Min(end - start, count - (int)bytes.Length);
            bytes.Write(buffer, start, length);
            start += length;
        }

        return bytes.ToArray();
    }

    public Task Write(string text) => Stream.WriteAsync(Encoding.UTF8.GetBytes(text), ended).AsTask();

    /// <summary>Closes the connection, as a process does that is killed.</summary>
    public void Cut(bool reset)
    {
        if (reset) socket.LingerState = new LingerOption(true, 0);
        socket.Dispose();
    }

    private async Task<bool> Fill()
    {
        (start, end) = (0, await Stream.ReadAsync(buffer, ended));
        return end > 0;
    }
}
