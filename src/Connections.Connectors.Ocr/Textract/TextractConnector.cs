using System.Text.Json;
using Connections.Connectors.Catalogue;
using Connections.Connectors.Files;
using Connections.Connectors.Http;
using Connections.Connectors.Ocr;
using Connections.Connectors.Pipeline;
using Connections.Connectors.S3;
using Connections.Domain;

namespace Connections.Connectors.Textract;

/// <summary>
/// Recognises text with Amazon Textract: one page in one request, longer documents with a job that reads them in a bucket.
/// </summary>
/// <param name="replaced">Addresses that the operator set instead of Amazon's: <c>textract</c>.</param>
internal sealed class TextractConnector(
    S3ClientFactory factory, IReadOnlyDictionary<string, string> replaced, GivenFiles files, TimeProvider clock) : IConnector
{
    // https://docs.aws.amazon.com/textract/latest/dg/limits-document.html
    private const int MaxBytes = 10 * 1024 * 1024;
    private const int MaxJobBytes = 500 * 1024 * 1024;
    private const int HeadBytes = 1024;

    public CatalogueEntry Entry { get; } = TextractEntry.Create();

    public string? Target(JsonElement settings) => HttpTarget.GetOrigin(Address(S3Settings.Parse(settings)));

    // A repeated request has the same result, and costs again. A job is started once.
    public bool Repeatable(string activity, JsonElement input, JsonElement settings) => true;

    public Account AccountAsTyped(JsonElement settings, Secret credentials) => new(null, credentials.Field("accessKeyId") ?? "", "key");

    public IReadOnlyList<AccountIdentity> IdentitiesAsTyped(JsonElement settings, Secret credentials) =>
        [WithoutBucket(S3Settings.Parse(settings)).Key(credentials)];

    public async Task<ProbeResult> Probe(ConnectionUse use, CancellationToken ct)
    {
        var (settings, steps) = (S3Settings.Parse(use.Settings), new ProbeSteps(clock, use.Steps));
        if (settings.Objection is { } objection) return Failed(steps, "resolve", objection);
        var (handler, connections) = factory.Handler(settings, steps);
        using var closed = connections;
        var (signedIn, failure) = await handler.Run(() => factory.SignIn(use, settings, handler, ct));
        if (failure is not null) return Failed(steps, "signIn", failure);
        var (keys, principal) = signedIn;
        if (principal is not null) steps.Ok("signIn", "Amazon accepted the key.");
        if (await Api(settings, keys, handler).Probe(ct) is { } rejection)
            return Failed(steps, principal is null ? "signIn" : "identify", rejection);
        if (principal is null) steps.Ok("signIn", "The service accepted the key.");
        if (settings.Bucket is not null)
        {
            var (_, unreached) = await handler.Run(() => factory.Reach(settings, keys, handler, ct));
            if (unreached is not null) return Failed(steps, "identify", S3Failures.AtConnect(unreached));
        }

        var typed = WithoutBucket(settings).Key(use.Credentials);
        var display = principal ?? $"key {keys.Id}";
        steps.Ok("identify", $"Signed in: {display}.");
        if (principal is null) return new ProbeResult(steps.Taken, new Account(typed.Value, display, typed.Basis), [typed], null);
        var identity = WithoutBucket(settings).Principal(principal);
        return new ProbeResult(steps.Taken, new Account(identity.Value, display, identity.Basis), [identity, typed], null);
    }

    public async Task<ConnectorResult> Run(ConnectionUse use, string activity, JsonElement input, CancellationToken ct)
    {
        var settings = S3Settings.Parse(use.Settings);
        if (settings.Objection is { } objection) return objection;
        if (JobState.Find(use.Stage) is not null) return await RunJob(use, settings, null, input, ct);
        var (file, unopened) = await files.Open(use.Workspace, Json.Member(input, "file"), ct);
        if (file is null) return unopened!;
        await using (file)
        {
            try
            {
                return await Run(use, settings, file, input, ct);
            }
            catch (Exception fault) when (GivenFiles.IsOfStore(fault))
            {
                return GivenFiles.Failure(fault, Delivered.No);
            }
        }
    }

    private async Task<ConnectorResult> Run(ConnectionUse use, S3Settings settings, OpenFile file, JsonElement input, CancellationToken ct)
    {
        var type = DocumentType.Find(await Read(file, HeadBytes, ct));
        if (type is not (DocumentType.Pdf or DocumentType.Tiff or DocumentType.Png or DocumentType.Jpeg))
            return Invalid("The file is no document that Textract reads: send a PDF, TIFF, PNG or JPEG.");
        var isImage = type is DocumentType.Png or DocumentType.Jpeg;
        if (!isImage && settings.Bucket is not null && use.Stage is not null)
        {
            return file.File.Size > MaxJobBytes
                ? Invalid($"The document has {file.File.Size} bytes; Textract takes at most {MaxJobBytes} bytes. Split it.")
                : await RunJob(use, settings, file, input, ct);
        }

        var wanted = TextractInput.Parse(input, isImage);
        if (isImage && wanted.Pages.Any(page => page != 1)) return Invalid("An image has one page; leave pages out.");
        if (file.File.Size > MaxBytes)
        {
            return Invalid($"The document has {file.File.Size} bytes; Textract takes at most {MaxBytes} bytes in one request. "
                + (isImage ? "Make the image smaller." : "Enter a bucket in the connection, or split the document."));
        }

        var document = await Read(file, MaxBytes, ct);
        return await factory.Call(
            use, settings, (keys, handler) => ReadPage(Api(settings, keys, handler), use, wanted, document, file.File.Name, ct), ct);
    }

    private async Task<ConnectorResult> ReadPage(
        TextractApi api, ConnectionUse use, TextractInput input, byte[] document, string name, CancellationToken ct)
    {
        var (answer, failure) = await api.Send(input.HasFeatures ? "AnalyzeDocument" : "DetectDocumentText", writer =>
        {
            writer.WriteStartObject("Document");
            writer.WriteBase64String("Bytes", document);
            writer.WriteEndObject();
            input.WriteFeatures(writer);
        }, ct);
        if (failure is not null) return failure;
        var text = TextractText.Create([.. TextractBlock.Read(answer, input)], input, []);
        return await ExtractedOutput.Create(text, name, files.Store, use.Workspace, charged: true, ct);
    }

    private Task<ConnectorResult> RunJob(ConnectionUse use, S3Settings settings, OpenFile? file, JsonElement input, CancellationToken ct) =>
        factory.Call(use, settings, async (keys, handler) =>
        {
            using var storage = factory.Storage(settings, keys, handler);
            var (api, wanted) = (Api(settings, keys, handler), TextractInput.Parse(input, isImage: false));
            return await new TextractJob(api, storage, settings, use, use.Stage!, wanted, files.Store, clock).Run(file, ct);
        }, ct);

    private static async Task<byte[]> Read(OpenFile file, int most, CancellationToken ct)
    {
        var bytes = new byte[Math.Min(file.File.Size, most)];
        file.Content.Position = 0;
        await file.Content.ReadExactlyAsync(bytes, ct);
        return bytes;
    }

    private TextractApi Api(S3Settings settings, S3Keys keys, S3MessageHandler handler) =>
        new(Address(settings), settings.Region, keys, handler.Client, clock);

    private Uri Address(S3Settings settings) => settings.Endpoint is { } typed && HttpTarget.Parse(typed, out _) is { } target ? target.Base
        : new Uri(replaced.GetValueOrDefault("textract") ?? $"https://textract.{settings.Region}.amazonaws.com/");

    // The bucket only holds documents while they are read.
    private static S3Settings WithoutBucket(S3Settings settings) => settings with { Bucket = null };

    private static ConnectorResult.Failed Invalid(string message) => new(FailureKind.InvalidInput, message, Delivered.No, Answered: true);

    private static ProbeResult Failed(ProbeSteps steps, string step, ConnectorResult.Failed failure)
    {
        if (steps.Taken.All(s => s.Outcome is "ok" or "skipped")) steps.Fail(step, failure);
        return new ProbeResult(steps.Taken, null, [], failure);
    }
}
