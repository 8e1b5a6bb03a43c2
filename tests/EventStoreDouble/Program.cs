using System.Net;
using System.Security.Cryptography.X509Certificates;
using EventStoreDouble;
using Microsoft.AspNetCore.Server.Kestrel.Core;

// What a test needs of EventStoreDB, as a process that several hosts can share. Its log is a SQLite file in --data.
//   --port N  --data DIR  [--user NAME --password WORD]  [--certificate PEM --key PEM]
//   [--members FILE]          lines "Leader host:port": the cluster as gossip tells it, read again each time
//   [--time-out-every N]      each Nth append is written, and answered as timed out
//   [--holds FILE]            lines "before|after TYPE WORD…": such appends wait, read again all the time
var builder = WebApplication.CreateSlimBuilder(args);
var settings = DoubleSettings.From(builder.Configuration);
builder.Logging.SetMinimumLevel(LogLevel.Warning);
builder.WebHost.UseKestrelHttpsConfiguration();
builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, settings.Port, listen =>
{
    listen.Protocols = HttpProtocols.Http2;
    if (settings.Certificate is null) return;
    using var pem = X509Certificate2.CreateFromPemFile(settings.Certificate, settings.Key);
    listen.UseHttps(X509CertificateLoader.LoadPkcs12(pem.Export(X509ContentType.Pkcs12), null));
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
