using System.Net;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;

namespace EventStoreDouble;

/// <summary>
/// The subset of EventStoreDB that tests need. Several hosts can share it. Its log is a SQLite file in <c>--data</c>. The options:
/// <code>
/// --port N  --data DIR  [--user NAME --password WORD]  [--certificate PEM --key PEM]
/// [--members FILE]          lines "Leader host:port": the cluster as gossip reports it, read at each use
/// [--time-out-every N]      each Nth append is written, but answered with a timeout
/// [--holds FILE]            lines "before|after TYPE WORD…": matching appends wait; the file is read repeatedly
/// </code>
/// </summary>
public static class DoubleServer
{
    /// <summary>The line that the server writes once it listens.</summary>
    public const string Ready = "The double listens";

    /// <param name="output">Receives the line of the start, and a line for each held append.</param>
    public static WebApplication Build(string[] options, TextWriter output)
    {
        var builder = WebApplication.CreateSlimBuilder(options);
        var settings = DoubleSettings.From(builder.Configuration);
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, settings.Port, listen =>
        {
            listen.Protocols = HttpProtocols.Http2;
            if (settings.Certificate is not null) UseTls(listen, settings);
        }));
        builder.Services.AddGrpc(grpc => grpc.MaxReceiveMessageSize = null);
        builder.Services.AddSingleton(settings);
        builder.Services.AddSingleton(output);
        builder.Services.AddSingleton<Members>();
        builder.Services.AddSingleton<Holds>();
        builder.Services.AddSingleton<StoredStreams>();
        var app = builder.Build();
        app.UseMiddleware<BasicAuthentication>();
        app.MapGrpcService<StreamsEndpoint>();
        app.MapGrpcService<GossipEndpoint>();
        app.Lifetime.ApplicationStarted.Register(() => output.WriteLine(Ready));
        return app;
    }

    private static void UseTls(ListenOptions listen, DoubleSettings settings)
    {
        using var pem = X509Certificate2.CreateFromPemFile(settings.Certificate!, settings.Key);
        var certificate = X509CertificateLoader.LoadPkcs12(pem.Export(X509ContentType.Pkcs12), null);
        var chain = new X509Certificate2Collection();
        chain.ImportFromPemFile(settings.Certificate!);
        // Offline: the double itself fetches nothing that its certificate names.
        var context = SslStreamCertificateContext.Create(certificate, chain, offline: true);
        listen.UseHttps(new TlsHandshakeCallbackOptions
        {
            OnConnection = _ => ValueTask.FromResult(new SslServerAuthenticationOptions
            {
                ServerCertificateContext = context,
                ApplicationProtocols = [SslApplicationProtocol.Http2]
            })
        });
    }
}
