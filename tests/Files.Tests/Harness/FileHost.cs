using Connections.Connectors.Files;
using Connections.Credentials;
using Connections.Credentials.Ring;
using Connections.Credentials.Sealing;
using Connections.Credentials.Vault;
using Connections.Files;
using Connections.Files.Records;
using Connections.Files.Storage;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using TestServers;

namespace Files.Tests.Harness;

/// <summary>A host with a vault and a file store.</summary>
public sealed class FileHost : IAsyncDisposable
{
    private readonly IHost host;

    private FileHost(IHost host, CapturedLogs logs) => (this.host, Logs) = (host, logs);

    public CapturedLogs Logs { get; }

    public IFileStore Store => host.Services.GetRequiredService<IFileStore>();

    public FileSweep Sweep => host.Services.GetRequiredService<FileSweep>();

    public IByteStore Bytes => host.Services.GetRequiredService<IByteStore>();

    public FileRecords Records => host.Services.GetRequiredService<FileRecords>();

    public StoreIdentity Identity => host.Services.GetRequiredService<StoreIdentity>();

    public ISeals Seals => host.Services.GetRequiredService<ISeals>();

    public Rewrap Rewrap => host.Services.GetRequiredService<Rewrap>();

    /// <param name="own">Whether the host is the only process of its service.</param>
    public static async Task<FileHost> Start(
        VaultDatabase database, TimeProvider clock, string? folder, bool own = false, string activeKey = "k1", bool oldKey = true, long? maxBytes = null,
        IReadOnlyDictionary<string, string?>? bucket = null)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        var logs = new CapturedLogs();
        if (oldKey) builder.Configuration["Vault:Keys:k1"] = Convert.ToBase64String(Enumerable.Repeat((byte)1, 32).ToArray());
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Vault:ActiveKey"] = activeKey,
            ["Vault:Keys:k2"] = Convert.ToBase64String(Enumerable.Repeat((byte)2, 32).ToArray()),
            ["Files:Folder"] = own || bucket is not null ? null : folder,
            ["Files:MaxBytes"] = (maxBytes ?? 1_000_000_000).ToString(System.Globalization.CultureInfo.InvariantCulture)
        });
        builder.Configuration.AddInMemoryCollection(bucket ?? new Dictionary<string, string?>());
        builder.Logging.SetMinimumLevel(LogLevel.Trace).AddProvider(logs);
        builder.Services.AddSingleton(clock);
        builder.Services.AddSingleton(database);
        builder.AddCredentials();
        builder.Services.AddFileStoreStart(own ? folder : null);
        var host = builder.Build();
        await host.StartAsync();
        return new FileHost(host, logs);
    }

    public async ValueTask DisposeAsync()
    {
        await host.StopAsync();
        host.Dispose();
    }
}
