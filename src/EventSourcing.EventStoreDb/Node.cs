using System.Net;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using EventSourcing.EventStoreDb.Protocol;
using Grpc.Core;
using Grpc.Net.Client;
using TransportSecurity;

namespace EventSourcing.EventStoreDb;

/// <summary>The connection to one server.</summary>
internal sealed class Node : IDisposable
{
    private const int MaxMessageBytes = 32 << 20; // per message; an event has at most 1 MiB unless the server is configured otherwise

    private readonly GrpcChannel channel;
    private readonly Lazy<AppendCall> appends;
    private readonly TimeSpan timeout;
    private readonly TimeProvider clock;

    public Node(ConnectionString settings, DnsEndPoint address, TimeProvider clock)
    {
        Address = address;
        (timeout, this.clock) = (settings.DefaultDeadline, clock);
        var place = new UriBuilder(settings.Tls ? "https" : "http", address.Host, address.Port).Uri;
        channel = GrpcChannel.ForAddress(place, new GrpcChannelOptions
        {
            HttpHandler = CreateHandler(settings),
            DisposeHttpClient = true,
            MaxReceiveMessageSize = MaxMessageBytes,
            MaxSendMessageSize = MaxMessageBytes
        });
        Headers = CreateHeaders(settings);
        Streams = new Streams.StreamsClient(channel);
        Gossip = new Gossip.GossipClient(channel);
        appends = new Lazy<AppendCall>(() => new AppendCall(Streams, Headers, timeout, clock));
    }

    public DnsEndPoint Address { get; }

    public Metadata Headers { get; }

    public Streams.StreamsClient Streams { get; }

    public Gossip.GossipClient Gossip { get; }

    public AppendCall Appends => appends.Value;

    public DateTime Deadline => clock.GetUtcNow().UtcDateTime + timeout;

    public void Dispose()
    {
        if (appends.IsValueCreated) appends.Value.Dispose();
        channel.Dispose();
    }

    private static Metadata CreateHeaders(ConnectionString settings)
    {
        var headers = new Metadata { { "requires-leader", settings.Prefers == NodePreference.Leader ? "True" : "False" } };
        if (settings.ConnectionName is { } name) headers.Add("connection-name", name);
        if (settings.User is not { } user) return headers;
        headers.Add("authorization", $"Basic {Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{settings.Password}"))}");
        return headers;
    }

    private static SocketsHttpHandler CreateHandler(ConnectionString settings)
    {
        var trust = settings.CaFile is { } authority
            ? new ServerTrust([Load("tlsCaFile", () => X509CertificateLoader.LoadCertificateFromFile(authority))])
            : ServerTrust.InSystem;
        var handler = trust.CreateHandler(options =>
        {
            if (!settings.VerifiesCertificate)
                options.RemoteCertificateValidationCallback = (_, _, _, errors) => errors != SslPolicyErrors.RemoteCertificateNotAvailable;
            if (settings.UserCertificateFile is { } certificate)
                options.ClientCertificates =
                    [Load("userCertFile", () => X509Certificate2.CreateFromPemFile(certificate, settings.UserKeyFile))];
        });
        handler.EnableMultipleHttp2Connections = true;
        handler.ConnectTimeout = settings.GossipTimeout;
        handler.KeepAlivePingDelay = settings.KeepAliveInterval ?? System.Threading.Timeout.InfiniteTimeSpan;
        handler.KeepAlivePingTimeout = settings.KeepAliveTimeout ?? System.Threading.Timeout.InfiniteTimeSpan;
        return handler;
    }

    private static X509Certificate2 Load(string key, Func<X509Certificate2> load)
    {
        try
        {
            return load();
        }
        catch (Exception e) when (e is CryptographicException or IOException or UnauthorizedAccessException)
        {
            throw new EventStoreDbSettingsException(
                $"The certificate file that the connection string names as {key} cannot be read: {e.Message}", e);
        }
    }
}
