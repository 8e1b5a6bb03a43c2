using System.Text.Json;
using Connections.Connectors.Catalogue;
using Connections.Connectors.Files;
using Connections.Connectors.Http;
using Connections.Connectors.OAuth;
using Connections.Connectors.Pipeline;
using Connections.Connectors.Signing;
using Connections.Domain;

namespace Connections.Connectors.Drives;

/// <summary>The files of an account at a provider that people sign in to.</summary>
internal abstract class DriveConnector(
    CatalogueEntry entry, OAuthApplications applications, GuardedHandlerFactory factory, HttpClientPool clients, Func<IFileStore?> files,
    TimeProvider clock) : IConnector
{
    public CatalogueEntry Entry => entry;

    public string? Target(JsonElement settings) =>
        applications.Find(entry.Id, null) is { } application
            ? HttpTarget.GetOrigin(new Uri(application.Fill("{base}", entry.OAuth!)))
            : null;

    // A second upload that replaces nothing is a second file, or a conflict with the first.
    public bool Repeatable(string activity, JsonElement input, JsonElement settings) =>
        activity != FileActivities.Upload || FileActivities.Replace(input);

    // The account is unknown before the sign-in.
    public Account AccountAsTyped(JsonElement settings, Secret credentials) => new(null, "", "");

    public IReadOnlyList<AccountIdentity> IdentitiesAsTyped(JsonElement settings, Secret credentials) => [];

    public async Task<ProbeResult> Probe(ConnectionUse use, CancellationToken ct)
    {
        var steps = new ProbeSteps(clock, use.Steps);
        using var invoker = new HttpMessageInvoker(factory.Create(null, steps));
        (Account Account, IReadOnlyDictionary<string, string> Kept)? found = null;
        var failure = await Guarded(async () =>
        {
            var signer = new OAuthSigner(use.Tokens);
            found = await Identify(Api(use, signer, _ => invoker), ct);
            return new ConnectorResult.Done(default);
        }) as ConnectorResult.Failed;
        if (failure is not null)
        {
            if (!steps.Taken.Any(s => s.Outcome is not ("ok" or "skipped"))) steps.Fail("signIn", failure);
            return new ProbeResult(steps.Taken, null, [], failure);
        }

        var account = found!.Value.Account;
        steps.Ok("signIn", "The provider accepted the token.");
        steps.Ok("identify", $"Signed in as {account.Display}.");
        return new ProbeResult(steps.Taken, account, [new AccountIdentity(account.Basis, account.Id!)], null) { Kept = found.Value.Kept };
    }

    public Task<ConnectorResult> Run(ConnectionUse use, string activity, JsonElement input, CancellationToken ct) => Guarded(async () =>
    {
        var signer = new OAuthSigner(use.Tokens);
        var api = Api(use, signer, address => clients.For(address, null));
        if (await signer.Prepare(ct) is { } missing) return missing; // the kept values come with the token
        var call = new DriveCall(use, api, input, files(), signer.Kept, use.Stage ?? new MemoryStage(), clock);
        return activity switch
        {
            FileActivities.List => new ConnectorResult.Done(await List(call, ct)),
            FileActivities.Fetch => new ConnectorResult.Done(GivenFiles.Describe(await Fetch(call, ct))),
            FileActivities.Upload => await Send(call, ct),
            _ => new ConnectorResult.Done(await Delete(call, ct))
        };
    });

    /// <summary>The address below which all paths are, with a slash at its end.</summary>
    protected abstract string BaseTemplate { get; }

    protected abstract ConnectorResult.Failed Meaning(ApiResponse error);

    /// <summary>The name of the file to upload.</summary>
    /// <exception cref="DriveException">The provider takes no such name.</exception>
    protected abstract string CheckName(string name);

    protected abstract Task<(Account Account, IReadOnlyDictionary<string, string> Kept)> Identify(DriveApi api, CancellationToken ct);

    protected abstract Task<JsonElement> List(DriveCall call, CancellationToken ct);

    protected abstract Task<StoredFile> Fetch(DriveCall call, CancellationToken ct);

    protected abstract Task<ConnectorResult> Upload(DriveCall call, string name, OpenFile file, CancellationToken ct);

    protected abstract Task<JsonElement> Delete(DriveCall call, CancellationToken ct);

    private async Task<ConnectorResult> Send(DriveCall call, CancellationToken ct)
    {
        var (file, failure) = await new GivenFiles(() => call.Files).Open(call.Use.Workspace, call.Input.GetProperty("file"), ct);
        if (file is null) return failure!;
        await using var opened = file;
        return await Upload(call, CheckName(Json.Given(call.Input, "name") ?? file.File.Name), file, ct);
    }

    private DriveApi Api(ConnectionUse use, OAuthSigner signer, Func<Uri, HttpMessageInvoker> client)
    {
        if (applications.Find(entry.Id, use.Workspace) is not { } application)
            throw Misconfigured($"No OAuth application is configured for {entry.Name}.");
        try
        {
            var target = new HttpTarget(new Uri(application.Fill(BaseTemplate, entry.OAuth!)), []);
            return new DriveApi(target, signer, client, clock, Judge);
        }
        catch (Exception e) when (e is OAuthSettingsException or UriFormatException)
        {
            throw Misconfigured(e.Message);
        }
    }

    // The address that a download is redirected to is not the provider's API: it knows no token.
    private ConnectorResult.Failed Judge(ApiResponse error) => error.Own || error.Status == 429
        ? Meaning(error)
        : error.As(FailureKind.Unavailable, "The server that keeps the file did not send it", Delivered.No);

    private static async Task<ConnectorResult> Guarded(Func<Task<ConnectorResult>> work)
    {
        try
        {
            return await work();
        }
        catch (DriveException failed)
        {
            return failed.Failure;
        }
        catch (Exception fault) when (GivenFiles.IsOfStore(fault))
        {
            return GivenFiles.Failure(fault, Delivered.No); // a session without all parts makes no file
        }
        catch (OperationCanceledException)
        {
            return new ConnectorResult.Failed(FailureKind.Timeout, "The call was cancelled between two requests.", Delivered.Maybe);
        }
    }

    private static DriveException Misconfigured(string message) =>
        new(new ConnectorResult.Failed(FailureKind.Operator, message, Delivered.No, Answered: true));
}
