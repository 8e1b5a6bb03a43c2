using System.Text.Json;
using Connections.Connectors.Catalogue;
using Connections.Connectors.Files;
using Connections.Connectors.Http;
using Connections.Connectors.Ocr;
using Connections.Connectors.Pipeline;
using Connections.Connectors.Signing;
using Connections.Domain;

namespace Connections.Connectors.GoogleVision;

/// <summary>Recognises text with Google Cloud Vision. Sources: the discovery document vision v1, cloud.google.com/vision/quotas.</summary>
/// <param name="replaced">Addresses that the operator set instead of Google's: <c>api</c> and <c>token</c>.</param>
internal sealed class GoogleVisionConnector(
    IReadOnlyDictionary<string, string> replaced, GuardedHandlerFactory factory, HttpClientPool clients, GivenFiles files,
    TimeProvider clock)
    : IConnector
{
    private static readonly string[] NotFound = ["tables", "keyValues"];

    private readonly ServiceAccountTokens tokens = new(clock);

    public CatalogueEntry Entry { get; } = GoogleVisionEntry.Create();

    public string? Target(JsonElement settings) => HttpTarget.GetOrigin(Origin(settings));

    public bool Repeatable(string activity, JsonElement input, JsonElement settings) => true;

    public Account AccountAsTyped(JsonElement settings, Secret credentials) => Entry.Way(settings) == GoogleVisionEntry.ApiKeyWay
        ? new Account(null, Project(settings, null) is { } project ? $"API key of {project}" : "API key", "api-key")
        : new Account(null, Key(credentials)?.Email ?? "", "service-account");

    public IReadOnlyList<AccountIdentity> IdentitiesAsTyped(JsonElement settings, Secret credentials) =>
        Entry.Way(settings) == GoogleVisionEntry.ApiKeyWay
            ? credentials.Field("apiKey") is { Length: > 0 } key ? [new AccountIdentity("api-key", key)] : []
            : Key(credentials) is { } account ? [new AccountIdentity("service-account", $"{account.Project}/{account.Email}")] : [];

    public async Task<ProbeResult> Probe(ConnectionUse use, CancellationToken ct)
    {
        var steps = new ProbeSteps(clock, use.Steps);
        using var invoker = new HttpMessageInvoker(factory.Create(null, steps));
        var failure = await Probe(use, _ => invoker, ct);
        if (failure is not null)
        {
            if (!steps.Taken.Any(s => s.Outcome is not (Outcome.Ok or Outcome.Skipped))) steps.Fail("signIn", failure);
            return new ProbeResult(steps.Taken, null, [], failure);
        }

        steps.Ok("signIn", "Google accepts the credentials, and the Cloud Vision API is enabled.");
        return new ProbeResult(
            steps.Taken, AccountAsTyped(use.Settings, use.Credentials), IdentitiesAsTyped(use.Settings, use.Credentials), null);
    }

    public async Task<ConnectorResult> Run(ConnectionUse use, string activity, JsonElement input, CancellationToken ct)
    {
        if (Signer(use, tokens, address => clients.For(address, null), out var problem) is not { } signer) return problem!;
        if (Requests(use, out problem) is not { } requests) return problem!;
        var (file, unopened) = await files.Open(use.Workspace, Json.Member(input, "file"), ct);
        if (file is null) return unopened!;
        await using (file)
        {
            if (file.File.Size > VisionRequests.MaxBytes)
                return Invalid(
                    $"The document has {file.File.Size} bytes; Google Vision takes at most {VisionRequests.MaxBytes} bytes in one request. "
                    + "Split it.");
            var (document, unread) = await Read(file, ct);
            if (unread is not null) return unread;
            if (DocumentType.Find(document) is not { } type)
                return Invalid("The file is no document that Google Vision reads: send a PDF, TIFF, GIF, PNG, JPEG, BMP or WebP.");
            var run = new VisionRun(requests, Api(use.Settings), signer, address => clients.For(address, null), use, files.Store, clock);
            return await Run(run, document, type, file.File.Name, use, input, ct);
        }
    }

    private async Task<ConnectorResult> Run(
        VisionRun run, byte[] document, string type, string name, ConnectionUse use, JsonElement input, CancellationToken ct)
    {
        try
        {
            var (text, instead) = await run.Run(document, type, Texts(input, "languages"), Pages(input), ct);
            return instead
                ?? await ExtractedOutput.Create(WithoutTables(text!, input), name, files.Store, use.Workspace, charged: true, ct);
        }
        catch (Exception fault) when (GivenFiles.IsOfStore(fault))
        {
            return GivenFiles.Failure(fault, Delivered.Maybe);
        }
    }

    private async Task<ConnectorResult.Failed?> Probe(ConnectionUse use, Func<Uri, HttpMessageInvoker> client, CancellationToken ct)
    {
        if (Signer(use, null, client, out var problem) is not { } signer) return problem;
        if (Requests(use, out problem) is not { } requests) return problem;
        var request = new ApiRequest(HttpMethod.Get, requests.Probe, []);
        var (_, failure) = await SignedCall.Send<ApiResponse>(signer, async () =>
        {
            var (response, broken) = await new HttpCall(Api(use.Settings), signer, client, clock).Send(request, ct);
            return (response, broken ?? (response!.Status == 404 ? null : VisionFailures.Judge(response)));
        }, ct);
        return failure;
    }

    private IRequestSigner? Signer(
        ConnectionUse use, ServiceAccountTokens? kept, Func<Uri, HttpMessageInvoker> client, out ConnectorResult.Failed? problem)
    {
        problem = null;
        if (Entry.Way(use.Settings) == GoogleVisionEntry.ApiKeyWay)
        {
            var key = use.Credentials.Field("apiKey");
            if (key is not { Length: > 0 }) problem = Missing("apiKey");
            else if (!HttpHeaders.IsPrintable(key)) problem = Invalid("The API key may contain only printable ASCII characters.");
            return problem is null ? HeaderSigner.Key("X-Goog-Api-Key", key!) : null;
        }

        var address = new Uri(replaced.GetValueOrDefault("token") ?? ServiceAccount.TokenAddress);
        if (use.Credentials.Field("serviceAccountKey") is not { Length: > 0 } text) problem = Missing("serviceAccountKey");
        else if (ServiceAccount.Parse(text, out var why) is { } account)
            return new ServiceAccountSigner(account, use, kept, address, client, clock);
        else problem = Invalid(why!);
        return null;
    }

    private VisionRequests? Requests(ConnectionUse use, out ConnectorResult.Failed? problem)
    {
        problem = null;
        var (region, project) = (Region(use.Settings), Project(use.Settings, use.Credentials));
        if (region != GoogleVisionEntry.Global && project is null)
            problem = Invalid("A region needs the setting project, since an API key names none.");
        return problem is null ? new VisionRequests(Origin(use.Settings), region, project) : null;
    }

    private HttpTarget Api(JsonElement settings) => new(Origin(settings), []);

    private Uri Origin(JsonElement settings) => new(
        replaced.GetValueOrDefault("api") ?? (Region(settings) is var region && region == GoogleVisionEntry.Global
            ? "https://vision.googleapis.com/" : $"https://{region}-vision.googleapis.com/"));

    private static string Region(JsonElement settings) =>
        Json.Given(settings, "region") is "eu" or "us" ? Json.Text(settings, "region")! : GoogleVisionEntry.Global;

    private static string? Project(JsonElement settings, Secret? credentials) =>
        Json.Given(settings, "project") ?? (credentials is null ? null : Key(credentials)?.Project);

    private static ServiceAccount? Key(Secret credentials) => ServiceAccount.Parse(credentials.Field("serviceAccountKey"), out _);

    private static async Task<(byte[] Document, ConnectorResult.Failed? Failure)> Read(OpenFile file, CancellationToken ct)
    {
        try
        {
            var document = new byte[file.File.Size];
            await file.Content.ReadExactlyAsync(document, ct);
            return (document, null);
        }
        catch (Exception fault) when (GivenFiles.IsOfStore(fault))
        {
            return ([], GivenFiles.Failure(fault, Delivered.No));
        }
    }

    private static ExtractedText WithoutTables(ExtractedText text, JsonElement input) => text with
    {
        Warnings =
        [
            .. text.Warnings,
            .. NotFound.Where(member => Json.Member(input, member).ValueKind == JsonValueKind.True)
                .Select(member => member == "tables" ? "tables" : "keys and values")
                .Select(missing => $"Google Vision finds no {missing}; use aws-textract for them.")
        ]
    };

    private static IReadOnlyList<string> Texts(JsonElement input, string member) =>
        [.. VisionPage.Items(input, member).Select(Json.Text).OfType<string>()];

    private static IReadOnlyList<int> Pages(JsonElement input) =>
        [.. VisionPage.Items(input, "pages").Select(page => page.GetInt32()).Distinct().Order()];

    private static ConnectorResult.Failed Missing(string field) =>
        new(FailureKind.ReauthRequired, $"The credentials contain no {field}.", Delivered.No, Answered: true);

    private static ConnectorResult.Failed Invalid(string message) => new(FailureKind.InvalidInput, message, Delivered.No, Answered: true);
}
