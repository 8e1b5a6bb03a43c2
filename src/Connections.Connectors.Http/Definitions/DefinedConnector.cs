using System.Text.Json;
using Connections.Connectors.Catalogue;
using Connections.Connectors.Http;
using Connections.Connectors.OAuth;
using Connections.Connectors.Pipeline;
using Connections.Connectors.Signing;
using Connections.Domain;

namespace Connections.Connectors.Definitions;

/// <summary>Runs a definition.</summary>
internal sealed class DefinedConnector(
    ConnectorDefinition definition, OAuthApplications applications, GuardedHandlerFactory factory, HttpClientPool clients, TimeProvider clock) : IConnector
{
    public CatalogueEntry Entry => definition.Entry;

    public string? Target(JsonElement settings) => Api(null, settings, Secret.None, out _)?.Origin;

    public bool Repeatable(string activity, JsonElement input, JsonElement settings) =>
        definition.Calls.TryGetValue(activity, out var call) && call.Method == "GET";

    // With OAuth the account is unknown before the sign-in.
    public Account AccountAsTyped(JsonElement settings, Secret credentials) => definition.SignIn is null
        ? new(null, "", "") : new(null, Api(null, settings, credentials, out _)?.Base.ToString() ?? "", "address");

    public IReadOnlyList<AccountIdentity> IdentitiesAsTyped(JsonElement settings, Secret credentials)
    {
        if (definition.SignIn is null || Api(null, settings, credentials, out _) is not { } api) return [];
        string[] typed = [api.Base.AbsoluteUri, .. definition.SignIn.Templates.Select(t => FormTemplate.Fill(t, settings, credentials))];
        return [new AccountIdentity("address", JsonSerializer.Serialize(typed))];
    }

    public async Task<ProbeResult> Probe(ConnectionUse use, CancellationToken ct)
    {
        var steps = new ProbeSteps(clock, use.Steps);
        using var invoker = new HttpMessageInvoker(factory.Create(null, steps));
        var identity = definition.Identity;
        var (response, failure) = await Send(use, _ => invoker, new DefinedCall("GET", identity.Path), default, ct);
        if (failure is not null)
        {
            if (failure.Attempted && steps.Taken.Count > 0 && steps.Taken.All(s => s.Outcome is "ok" or "skipped")) steps.Fail("signIn", failure);
            return new ProbeResult(steps.Taken, null, [], failure);
        }

        steps.Ok("signIn", "The provider accepted the credentials.");
        var body = response!.Output.GetProperty("body");
        if (Json.Id(body, identity.Id) is not { } id)
        {
            var unnamed = steps.Fail("identify", new ConnectorResult.Failed(
                FailureKind.Unavailable, "The provider's response does not identify the account.", Delivered.Yes, Answered: true));
            return new ProbeResult(steps.Taken, null, [], unnamed);
        }

        var display = Json.Id(body, identity.Display) ?? id;
        steps.Ok("identify", $"Signed in as {display}.");
        return new ProbeResult(
            steps.Taken, new Account(id, display, identity.Basis),
            [new AccountIdentity(identity.Basis, id), .. IdentitiesAsTyped(use.Settings, use.Credentials)], null);
    }

    public async Task<ConnectorResult> Run(ConnectionUse use, string activity, JsonElement input, CancellationToken ct)
    {
        var (response, failure) = await Send(use, address => clients.For(address, null), definition.Calls[activity], input, ct);
        return failure ?? (ConnectorResult)new ConnectorResult.Done(response!.Output.GetProperty("body"));
    }

    private async Task<(ApiResponse? Response, ConnectorResult.Failed? Failure)> Send(
        ConnectionUse use, Func<Uri, HttpMessageInvoker> client, DefinedCall call, JsonElement input, CancellationToken ct)
    {
        if (Api(use.Workspace, use.Settings, use.Credentials, out var problem) is not { } api) return (null, problem);
        if (Signer(use, out problem) is not { } signer) return (null, problem);
        if (DefinedRequest.Create(call, input, api, signer, out var wrong) is not { } request)
            return (null, Failed(FailureKind.InvalidInput, wrong!));
        return await SignedCall.Send<ApiResponse>(signer, async () =>
        {
            var (response, failure) = await new HttpCall(api, signer, client, clock).Send(request, ct);
            return (response, failure ?? response!.Failure ?? ToFailure(response));
        }, ct);
    }

    private IRequestSigner? Signer(ConnectionUse use, out ConnectorResult.Failed? problem)
    {
        problem = null;
        if (definition.SignIn is not { } signIn) return new OAuthSigner(use.Tokens);
        var missing = signIn.Templates.SelectMany(FormTemplate.Names).FirstOrDefault(name =>
            definition.Entry.Credentials.Any(f =>
                f.Required && $"credentials.{f.Name}" == name && use.Credentials.Field(f.Name) is not { Length: > 0 }));
        if (missing is not null) problem = Failed(FailureKind.ReauthRequired, $"The credentials contain no {missing["credentials.".Length..]}.");
        else if (signIn is not DefinedSignIn.Basic && signIn.Templates.Any(t => !HttpHeaders.IsPrintable(Fill(t))))
            problem = Failed(FailureKind.InvalidInput, "The credentials may contain only printable ASCII characters.");
        return problem is null ? signIn.Signer(Fill) : null;

        string Fill(string template) => FormTemplate.Fill(template, use.Settings, use.Credentials);
    }

    private HttpTarget? Api(string? workspace, JsonElement settings, Secret credentials, out ConnectorResult.Failed? problem)
    {
        problem = null;
        if (definition.SignIn is not null)
        {
            var typed = HttpTarget.Parse(FormTemplate.Fill(definition.BaseUrl, settings, credentials), out var wrong);
            if (typed is null) problem = Failed(FailureKind.InvalidInput, wrong!);
            return typed;
        }

        try
        {
            var application = applications.Find(Entry.Id, workspace)
                ?? throw new OAuthSettingsException($"No OAuth application is configured for {Entry.Name}.");
            return HttpTarget.Parse(application.Fill(definition.BaseUrl, Entry.OAuth!), out var why) ?? throw new OAuthSettingsException(why!);
        }
        catch (OAuthSettingsException incomplete)
        {
            problem = Failed(FailureKind.Operator, incomplete.Message);
            return null;
        }
    }

    private static ConnectorResult.Failed? ToFailure(ApiResponse response) => response.Status switch
    {
        404 => response.As(FailureKind.NotFound, "The API found no such resource", Delivered.Yes),
        >= 400 => response.As(FailureKind.InvalidInput, "The API rejected the request", Delivered.Yes),
        _ => null
    };

    private static ConnectorResult.Failed Failed(FailureKind kind, string message) => new(kind, message, Delivered.No, Answered: true);
}
