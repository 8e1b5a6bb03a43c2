using System.Text.Json;
using Connections.Connectors;
using Connections.Connectors.Files;
using Connections.Connectors.Pipeline;
using Connections.Domain;
using Connectors.Tests.Descriptions;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Connectors.Tests.S3;

/// <summary>The connector <c>aws-s3</c> with a file store, and one connection.</summary>
internal sealed class S3Store : IAsyncDisposable
{
    public const string SecretKey = "S3RVER";

    private readonly ServiceProvider services;
    private readonly object settings;
    private readonly object credentials;

    /// <param name="amazon">The address to use instead of Amazon's own; null: the settings name a compatible store.</param>
    /// <param name="files">Null: a store in memory.</param>
    public S3Store(object settings, string? amazon = null, string key = "S3RVER", IFileStore? files = null, string? token = null)
    {
        this.settings = settings;
        credentials = token is null
            ? new { accessKeyId = key, secretAccessKey = SecretKey }
            : new { accessKeyId = key, secretAccessKey = SecretKey, sessionToken = token };
        var configured = new Dictionary<string, string?> { ["Network:AllowPrivate"] = "true" };
        foreach (var name in (string[])["s3", "sts"]) if (amazon is not null) configured[$"Connectors:aws-s3:Servers:{name}"] = amazon;
        services = new ServiceCollection().AddLogging().AddConnectors(new ConfigurationBuilder().AddInMemoryCollection(configured).Build())
            .AddSingleton(files ?? Files).BuildServiceProvider();
    }

    public FilesInMemory Files { get; } = new();

    public Guid Id { get; } = Guid.CreateVersion7();

    public IStage? Stage { get; set; }

    public async Task<JsonElement> Done(string activity, object input)
    {
        var result = await Run(activity, input);
        return result is ConnectorResult.Done done ? done.Output : throw new InvalidOperationException($"{activity}: {(result as ConnectorResult.Failed)!.Message}");
    }

    public async Task<ConnectorResult.Failed> Fails(string activity, object input) => Assert.IsType<ConnectorResult.Failed>(await Run(activity, input));

    public Task<ConnectorResult> Run(string activity, object input) => services.GetRequiredService<ConnectorRunner>().Run(
        "aws-s3", Use, activity, JsonSerializer.SerializeToElement(input), TimeSpan.FromSeconds(60), default);

    public Task<ProbeResult> Probe() =>
        services.GetRequiredService<ConnectorRunner>().Probe("aws-s3", Use, TimeSpan.FromSeconds(30), byPerson: true, default);

    public async Task<string> Upload(string name, byte[] content, string? folder = null, bool replace = false)
    {
        var file = await Files.Add(name, content, "text/plain");
        return (await Done("upload-file", new { file = new { id = file.Id }, folder = folder ?? "", replace })).GetProperty("id").GetString()!;
    }

    /// <summary>The content and the name of a fetched file.</summary>
    public async Task<(byte[] Content, StoredFile File)> Fetch(string id)
    {
        var fetched = (await Done("fetch-file", new { id })).GetProperty("file").GetProperty("id").GetGuid();
        var file = await Files.Get("default", fetched, default);
        return (Files.Content(file), file);
    }

    public async Task<string[]> List(object input) =>
        [.. (await Done("list-files", input)).GetProperty("files").EnumerateArray().Select(file => file.GetProperty("id").GetString()!)];

    public ValueTask DisposeAsync() => services.DisposeAsync();

    private ConnectionUse Use => new(
        "default", Id, 1, JsonSerializer.SerializeToElement(settings), Secret.From(JsonSerializer.SerializeToElement(credentials)), Stage: Stage);
}
