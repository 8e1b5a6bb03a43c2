using System.Net;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using EventStoreDouble;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;

// The subset of EventStoreDB that tests need, as a process that several hosts can share. Its log is a SQLite file in --data.
//   --port N  --data DIR  [--user NAME --password WORD]  [--certificate PEM --key PEM]
//   [--members FILE]          lines "Leader host:port": the cluster as gossip reports it, read at each use
//   [--time-out-every N]      each Nth append is written, but answered with a timeout
//   [--holds FILE]            lines "before|after TYPE WORD…": matching appends wait; the file is read repeatedly
var builder = WebApplication.CreateSlimBuilder(args);
var settings = DoubleSettings.From(builder.Configuration);
builder.Logging.SetMinimumLevel(LogLevel.Warning);
builder.WebHost.UseKestrelHttpsConfiguration();
builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, settings.Port, listen =>
{
    listen.Protocols = HttpProtocols.Http2;
    if (settings.Certificate is null) return;
    using var pem = X509Certificate2.CreateFromPemFile(settings.Certificate, settings.Key);
    var certificate = X509CertificateLoader.LoadPkcs12(pem.Export(X509ContentType.Pkcs12), null);
    var chain = new X509Certificate2Collection();
    chain.ImportFromPemFile(settings.Certificate);
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
}));
builder.Services.AddGrpc(grpc => grpc.MaxReceiveMessageSize = null);
builder.Services.AddSingleton(settings);
builder.Services.AddSingleton<Members>();
builder.Services.AddSingleton<Holds>();
builder.Services.AddSingleton<StoredStreams>();
var app = builder.Build();
app.UseMiddleware<BasicAuthentication>();
app.MapGrpcService<StreamsEndpoint>();
app.MapGrpcService<GossipEndpoint>();
app.Lifetime.ApplicationStarted.Register(() => Console.WriteLine("The double listens"));
await app.RunAsync();
