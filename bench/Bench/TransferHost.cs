using System.Security.Cryptography;
using System.Text.Json;
using Connections.Connectors;
using Connections.Connectors.Files;
using Connections.Connectors.OAuth;
using Connections.Connectors.Pipeline;
using Connections.Domain;
using Connections.Domain.Token;
using Connections.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Bench;

/// <summary>The connectors with the file store of an embedded service, in this process.</summary>
internal sealed class TransferHost : IAsyncDisposable
{
    private const string Workspace = "default";

    // A transfer of many gibibytes.
    private static readonly TimeSpan Limit = TimeSpan.FromHours(1);

    private readonly IHost host;

    private TransferHost(IHost host) => this.host = host;

    private IFileStore Files => host.Services.GetRequiredService<IFileStore>();

    /// <param name="drives">The address of the doubles of Google Drive and OneDrive.</param>
    public static async Task<TransferHost> Start(string data, string drives)
    {
        var builder = Host.CreateApplicationBuilder();
        builder.AddDefaults();
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["data"] = data,
            ["Network:AllowPrivate"] = "true",
            ["Files:MaxBytes"] = $"{64L * 1024 * 1024 * 1024}",
            ["OAuth:google-drive:ClientId"] = "bench",
            ["OAuth:google-drive:Base"] = drives,
            ["OAuth:onedrive:ClientId"] = "bench",
            ["OAuth:onedrive:Base"] = drives
        });
        builder.Logging.ClearProviders();
        builder.AddEmbeddedStores();
        builder.Services.AddConnectors(builder.Configuration);
        var transfers = new TransferHost(builder.Build());
        await transfers.host.StartAsync();
        return transfers;
    }

    /// <summary>Stores a file of a size in which no two mebibytes are the same.</summary>
    public async Task<StoredFile> Fill(string name, long size)
    {
        await using var writer = await Files.Create(Workspace, new NewFile(name, null, size), default);
        var block = RandomNumberGenerator.GetBytes(1024 * 1024);
        for (var written = 0L; written < size; written += block.Length)
        {
            BitConverter.TryWriteBytes(block, written);
            await writer.Write(block.AsMemory(0, (int)Math.Min(block.Length, size - written)), default);
        }

        return await writer.Complete(default);
    }

    /// <returns>The hash that the provider names.</returns>
    public async Task<string?> Upload(Remote remote, Guid file, string name)
    {
        var output = await Run(remote, "upload-file", new { file = new { id = file }, name, replace = true });
        return output.TryGetProperty("hash", out var hash) ? hash.GetString() : null;
    }

    public async Task<StoredFile> Fetch(Remote remote, string id) => await Files.Get(
        Workspace, (await Run(remote, "fetch-file", new { id })).GetProperty("file").GetProperty("id").GetGuid(), default);

    public async ValueTask DisposeAsync()
    {
        await host.StopAsync();
        host.Dispose();
    }

    private async Task<JsonElement> Run(Remote remote, string activity, object input)
    {
        var use = new ConnectionUse(
            Workspace, Guid.NewGuid(), 1, JsonSerializer.SerializeToElement(remote.Settings),
            Secret.From(JsonSerializer.SerializeToElement(remote.Credentials)), Timeout: Limit, Tokens: new OneToken());
        var result = await host.Services.GetRequiredService<ConnectorRunner>().Run(
            remote.Connector, use, activity, JsonSerializer.SerializeToElement(input), Limit, default);
        return result is ConnectorResult.Done done
            ? done.Output
            : throw new InvalidOperationException($"{remote.Connector} {activity}: {(result as ConnectorResult.Failed)?.Message}");
    }

    private sealed class OneToken : IAccessTokens
    {
        public Task<AccessToken> Get(int? refused, CancellationToken ct) => Task.FromResult(AccessToken.From(
            1, Grant.Create("bench-token", null, DateTimeOffset.MaxValue, TimeSpan.FromHours(1), null)));
    }
}
