using System.Text;
using System.Text.Json;
using Connections.Connectors;
using Connections.Connectors.Files;
using Connections.Connectors.Pipeline;
using Connections.Domain;
using Connectors.Tests.Descriptions;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Connectors.Tests.Sftp;

/// <summary>The connector <c>sftp</c> with a file store, and one connection.</summary>
internal sealed class SftpStore : IAsyncDisposable
{
    private readonly ServiceProvider services;
    private readonly ConnectionUse use;

    public SftpStore(object settings, object credentials, IFileStore? files = null)
    {
        services = new ServiceCollection().AddLogging()
            .AddConnectors(new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?> { ["Network:AllowPrivate"] = "true" }).Build())
            .AddSingleton(files ?? Files).BuildServiceProvider();
        use = new ConnectionUse(
            "default", Guid.CreateVersion7(), 1, JsonSerializer.SerializeToElement(settings), Secret.From(JsonSerializer.SerializeToElement(credentials)));
    }

    public FilesInMemory Files { get; } = new();

    public IStage? Stage { get; set; }

    /// <summary>The activity whose attempts all calls are.</summary>
    public Guid Activity { get; } = Guid.CreateVersion7();

    public async Task<JsonElement> Done(string activity, object input) => await Run(activity, input) switch
    {
        ConnectorResult.Done done => done.Output,
        var result => throw new InvalidOperationException($"{activity}: {(result as ConnectorResult.Failed)!.Message}")
    };

    public async Task<ConnectorResult.Failed> Fails(string activity, object input) => Assert.IsType<ConnectorResult.Failed>(await Run(activity, input));

    public Task<ConnectorResult> Run(string activity, object input) => services.GetRequiredService<ConnectorRunner>().Run(
        "sftp", use with { Stage = Stage, Activity = Activity }, activity, JsonSerializer.SerializeToElement(input), TimeSpan.FromSeconds(60), default);

    public Task<ProbeResult> Probe() =>
        services.GetRequiredService<ConnectorRunner>().Probe("sftp", use, TimeSpan.FromSeconds(30), byPerson: true, default);

    public async Task<string> Upload(string name, byte[] content, string? folder = null, bool replace = false)
    {
        var file = await Files.Add("x", content);
        return (await Done("upload-file", new { name, file = new { id = file.Id }, folder = folder ?? "", replace })).GetProperty("id").GetString()!;
    }

    public async Task<byte[]> Fetch(string id) => Files.Content(
        await Files.Get("default", (await Done("fetch-file", new { id })).GetProperty("file").GetProperty("id").GetGuid(), default));

    public async Task<string> Text(string id) => Encoding.UTF8.GetString(await Fetch(id));

    public async Task<string[]> List(object input) =>
        [.. (await Done("list-files", input)).GetProperty("files").EnumerateArray().Select(file => file.GetProperty("id").GetString()!)];

    public ValueTask DisposeAsync() => services.DisposeAsync();
}
