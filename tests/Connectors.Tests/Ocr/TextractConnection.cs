using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Connections.Connectors;
using Connections.Connectors.Files;
using Connections.Connectors.Pipeline;
using Connections.Domain;
using Connectors.Tests.Descriptions;
using Connectors.Tests.S3;
using Connectors.Tests.Transfers;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Connectors.Tests.Ocr;

/// <summary>The connector <c>aws-textract</c> with a file store, one connection, and the stage of one activity.</summary>
internal sealed class TextractConnection : IAsyncDisposable
{
    public static readonly byte[] Pdf = Encoding.ASCII.GetBytes("%PDF-1.7 …");
    public static readonly byte[] Png = [0x89, 0x50, 0x4E, 0x47, 1, 2, 3];

    private readonly ServiceProvider services;
    private readonly JsonElement settings;

    /// <param name="amazon">The address of Textract, S3 and STS; null: the settings name another service.</param>
    public TextractConnection(
        string? amazon, object? settings = null, IStage? stage = null, FilesInMemory? files = null, TimeProvider? clock = null)
    {
        this.settings = JsonSerializer.SerializeToElement(settings ?? new { bucket = TextractDouble.Bucket });
        Stage = stage ?? new StageInMemory();
        Files = files ?? new FilesInMemory();
        var configured = new Dictionary<string, string?> { ["Network:AllowPrivate"] = "true" };
        foreach (var name in (string[])["s3", "sts", "textract"])
            if (amazon is not null) configured[$"Connectors:aws-textract:Servers:{name}"] = amazon;
        services = new ServiceCollection().AddLogging().AddSingleton(clock ?? TimeProvider.System)
            .AddConnectors(new ConfigurationBuilder().AddInMemoryCollection(configured).Build())
            .AddSingleton<IFileStore>(Files).BuildServiceProvider();
    }

    public FilesInMemory Files { get; }

    public IStage Stage { get; }

    public Guid Activity { get; init; } = Guid.CreateVersion7();

    public Guid Id { get; init; } = Guid.CreateVersion7();

    /// <summary>The name of the document in the bucket, below its folder, and the token of the job.</summary>
    public string Token => $"{Id:n}{Activity:n}";

    /// <summary>The name that the input gives the document.</summary>
    public string Name { get; init; } = "scan";

    private ConnectionUse Use => new(
        "default", Id, 1, settings,
        Secret.From(JsonSerializer.SerializeToElement(new { accessKeyId = "AKIA1", secretAccessKey = S3Store.SecretKey })),
        Activity: Activity, Stage: Stage);

    public Task<ProbeResult> Probe() =>
        services.GetRequiredService<ConnectorRunner>().Probe("aws-textract", Use, TimeSpan.FromSeconds(20), byPerson: true, default);

    /// <summary>One attempt.</summary>
    public async Task<ConnectorResult> Run(byte[] document, object? more = null, CancellationToken ct = default)
    {
        var input = JsonSerializer.SerializeToNode(more ?? new { })!.AsObject();
        input["file"] = document.Length < 100_000
            ? new JsonObject { ["name"] = Name, ["base64"] = Convert.ToBase64String(document) }
            : new JsonObject { ["id"] = (await Files.Add(Name, document)).Id };
        return await services.GetRequiredService<ConnectorRunner>().Run(
            "aws-textract", Use, "extract-text", JsonSerializer.SerializeToElement(input), TimeSpan.FromSeconds(30), ct);
    }

    /// <summary>Attempts until there is a result or a failure.</summary>
    public async Task<ConnectorResult> Finish(byte[] document, object? more = null)
    {
        for (var attempts = 0; attempts < 30; attempts++)
            if (await Run(document, more) is not ConnectorResult.Pending and var result) return result;
        throw new InvalidOperationException("The job does not end.");
    }

    public async Task<JsonElement> Done(byte[] document, object? more = null)
    {
        var result = await Finish(document, more);
        if (result is ConnectorResult.Failed failed) Assert.Fail($"{failed.Kind}: {failed.Message}");
        return ((ConnectorResult.Done)result).Output;
    }

    public async Task<ConnectorResult.Failed> Fails(byte[] document, object? more = null) =>
        Assert.IsType<ConnectorResult.Failed>(await Finish(document, more));

    public ValueTask DisposeAsync() => services.DisposeAsync();
}
