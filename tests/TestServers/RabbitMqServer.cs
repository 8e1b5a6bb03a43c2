using System.Globalization;
using System.Net.Sockets;
using System.Runtime.Versioning;

namespace TestServers;

/// <summary>A test RabbitMQ from Debian's package: a node with its own port mapper, on free loopback ports.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class RabbitMqServer : IAsyncDisposable
{
    public const string Host = "127.0.0.1";
    public const string User = "app";
    public const string NotInstalled = "RabbitMQ is not installed: infra/services.sh install rabbitmq";

    private const string Binaries = "/usr/lib/rabbitmq/bin";
    private const string PortMapper = "/usr/bin/epmd";
    private readonly LaunchedServer launched;
    private readonly LaunchedServer mapper;
    private readonly int mapperPort;
    private readonly int nodePort;
    private readonly string node;
    private readonly RabbitMqServer? whole;
    private readonly string virtualHost = "";

    private RabbitMqServer(LaunchedServer launched, LaunchedServer mapper)
    {
        (this.launched, this.mapper, node) = (launched, mapper, $"tests-{Guid.NewGuid():n}@localhost");
        (mapperPort, nodePort, Port, SecurePort) = (Ports.Free(), Ports.Free(), Ports.Free(), Ports.Free());
        (Password, Sources) = ($"password{Guid.NewGuid():n}", new DownloadListener());
    }

    private RabbitMqServer(RabbitMqServer whole, string virtualHost)
    {
        (this.whole, this.virtualHost, launched, mapper, node) = (whole, virtualHost, whole.launched, whole.mapper, whole.node);
        (mapperPort, nodePort, Port, SecurePort) = (whole.mapperPort, whole.nodePort, whole.Port, whole.SecurePort);
        (Password, AuthorityPem, Sources) = (whole.Password, whole.AuthorityPem, whole.Sources);
    }

    public static bool Available => File.Exists($"{Binaries}/rabbitmq-server") && File.Exists(PortMapper);

    public int Port { get; }

    /// <summary>The port for TLS. The certificate is valid for the IP address only.</summary>
    public int SecurePort { get; }

    public string Password { get; }

    /// <summary>The address for the configuration of the bus, including the password.</summary>
    public string Address => $"amqp://{User}:{Password}@{Host}:{Text(Port)}/{virtualHost}";

    public string SecureAddress => $"amqps://{User}:{Password}@{Host}:{Text(SecurePort)}/{virtualHost}";

    /// <summary>The listener that the broker's certificates name.</summary>
    public DownloadListener Sources { get; }

    /// <summary>The root of the broker's certificate, as PEM. The broker sends the intermediate below it.</summary>
    public string AuthorityPem { get; private set; } = "";

    public bool Runs => launched.Runs;

    public static async Task<RabbitMqServer> Create()
    {
        if (!Available) throw new InvalidOperationException(NotInstalled);
        var server = new RabbitMqServer(
            await LaunchedServer.In("mq-", "rabbitmq", "-KILL"), await LaunchedServer.In("mq-epmd-", "rabbitmq", "-KILL"));
        try
        {
            await server.Configure();
            await server.mapper.Start(
                () => LaunchedServer.Accepts(server.mapperPort), PortMapper, "-address", Host, "-port", Text(server.mapperPort));
            await server.Start();
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>Adds a virtual host for a test that does not need its own broker. The test cannot stop the broker.</summary>
    public async Task<RabbitMqServer> AddVirtualHost(string name)
    {
        // One call instead of two: each call starts an Erlang runtime.
        await Control("eval", $$"""
            rabbit_vhost:add(<<"{{name}}">>, <<"tests">>),
            rabbit_auth_backend_internal:set_permissions(<<"{{User}}">>, <<"{{name}}">>, <<".*">>, <<".*">>, <<".*">>, <<"tests">>).
            """);
        return new RabbitMqServer(this, name);
    }

    public Task Start() => Own.Start(Answers, [.. Environment(), $"{Binaries}/rabbitmq-server"]);

    /// <summary>Stops the broker immediately, as in a crash.</summary>
    public Task Stop() => Own.Stop();

    public async Task Restart()
    {
        await Stop();
        await Start();
    }

    /// <summary>
    /// Stops and starts the broker cleanly. A node of this version that is killed soon after a queue was declared may reject all messages
    /// for that queue after its restart. A clean restart before the kill prevents this.
    /// </summary>
    public async Task Settle()
    {
        await Control("stop_app");
        await Control("start_app");
    }

    /// <summary>Runs <c>rabbitmqctl</c> and returns its output.</summary>
    public async Task<string> Control(params string[] arguments)
    {
        var output = Path.Combine(launched.Folder, $"output-{Guid.NewGuid():n}");
        await Own.ToItsEnd(
            [.. Environment(), "/bin/sh", "-c", $"exec {Binaries}/rabbitmqctl -q --timeout 60 \"$@\" > {output}", "sh", .. arguments]);
        return await File.ReadAllTextAsync(output);
    }

    public string Log() => launched.Log();

    public async ValueTask DisposeAsync()
    {
        if (whole is not null) return;
        await Sources.DisposeAsync();
        await launched.DisposeAsync();
        await mapper.DisposeAsync();
    }

    private LaunchedServer Own =>
        whole is null ? launched : throw new InvalidOperationException("Other tests use this RabbitMQ at the same time.");

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private async Task Configure()
    {
        using var root = new TestAuthority("Test Root CA") { Sources = Sources.Address };
        using var issuer = root.Intermediate("Test Issuing CA");
        var (certificate, key) = issuer.Issue(Host);
        AuthorityPem = root.Pem;
        await launched.Write("authority.pem", $"{issuer.Pem}\n{root.Pem}");
        await launched.Write("certificate.pem", $"{certificate}\n{issuer.Pem}");
        await launched.Write("key.pem", key);
        await launched.Write("plugins", "[].\n");
        await launched.Write("rabbitmq.conf", $"""
            listeners.tcp.1 = {Host}:{Text(Port)}
            listeners.ssl.1 = {Host}:{Text(SecurePort)}
            ssl_options.cacertfile = {launched.Folder}/authority.pem
            ssl_options.certfile = {launched.Folder}/certificate.pem
            ssl_options.keyfile = {launched.Folder}/key.pem
            default_user = {User}
            default_pass = {Password}
            log.console.level = info
            disk_free_limit.absolute = 50MB
            raft.wal_max_size_bytes = 16000000

            """);
    }

    // The started process is the node itself: no script remains as its parent, and no child outlives it.
    private string[] Environment() =>
    [
        "/usr/bin/env", "-i", "PATH=/usr/sbin:/usr/bin:/sbin:/bin", "LANG=C.UTF-8", $"HOME={launched.Folder}",
        $"ERL_EPMD_ADDRESS={Host}", $"ERL_EPMD_PORT={Text(mapperPort)}", $"RABBITMQ_NODENAME={node}", $"RABBITMQ_DIST_PORT={Text(nodePort)}",
        $"RABBITMQ_MNESIA_BASE={launched.Folder}/data", $"RABBITMQ_LOG_BASE={launched.Folder}/logs", "RABBITMQ_LOGS=-",
        $"RABBITMQ_CONFIG_FILE={launched.Folder}/rabbitmq", "RABBITMQ_CONF_ENV_FILE=/dev/null",
        $"RABBITMQ_ENABLED_PLUGINS_FILE={launched.Folder}/plugins", "RABBITMQ_ALLOW_INPUT=1",
        "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS=-noinput -kernel inet_dist_use_interface {127,0,0,1}",
        "RABBITMQ_CTL_ERL_ARGS=-kernel inet_dist_use_interface {127,0,0,1}"
    ];

    // A ready broker responds to the AMQP protocol header.
    private async Task<bool> Answers()
    {
        try
        {
            using var client = new TcpClient();
            await client.ConnectAsync(Host, Port);
            var stream = client.GetStream();
            await stream.WriteAsync("AMQP\0\0\u0009\u0001"u8.ToArray());
            return await stream.ReadAsync(new byte[1]) == 1;
        }
        catch (Exception e) when (e is SocketException or IOException)
        {
            return false;
        }
    }
}
