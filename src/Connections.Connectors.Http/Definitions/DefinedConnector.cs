using System.Text.Json;
using System.Text.RegularExpressions;
using Connections.Connectors.Catalogue;
using Connections.Connectors.Http;
using Connections.Connectors.OAuth;
using Connections.Connectors.Pipeline;
using Connections.Domain;

namespace Connections.Connectors.Definitions;

/// <summary>
/// Runs a definition. Sends requests with the access token, and refreshes it once if the provider rejects it before it expires.
/// </summary>
internal sealed partial class DefinedConnector(
    ConnectorDefinition definition, OAuthApplications applications, GuardedHandlerFactory factory, HttpClientPool clients, TimeProvider clock) : IConnector
{
    private static readonly JsonElement Nothing = JsonDocument.Parse("{}").RootElement;

    public CatalogueEntry Entry => definition.Entry;

    public string? Target(JsonElement settings) => Api(null, out _)?.Origin;

    public bool Repeatable(string activity, JsonElement input, JsonElement settings) =>
        definition.Calls.TryGetValue(activity, out var call) && call.Method == "GET";

    // The account is unknown before the sign-in.
    public Account AccountAsTyped(JsonElement settings, Secret credentials) => new(null, "", "");

    public IReadOnlyList<AccountIdentity> IdentitiesAsTyped(JsonElement settings, Secret credentials) => [];

    public async Task<ProbeResult> Probe(ConnectionUse use, CancellationToken ct)
    {
        var steps = new ProbeSteps(clock);
        if (Api(use.Workspace, out var problem) is not { } api) return new ProbeResult([], null, [], problem);
        using var invoker = new HttpMessageInvoker(factory.Create(null, steps));
        var identity = definition.Identity;
        var (response, failure) = await SendSigned(use, api, _ => invoker, new DefinedCall("GET", identity.Path), Nothing, ct);
        if (failure is not null)
        {
            if (!steps.Taken.Any(s => s.Outcome is not ("ok" or "skipped"))) steps.Fail("signIn", failure);
            return new ProbeResult(steps.Taken, null, [], failure);
        }

        steps.Ok("signIn", "The provider accepted the token.");
        var body = response!.Output.GetProperty("body");
        if (Text(body, identity.Id) is not { Length: > 0 } id)
        {
            var unnamed = steps.Fail("identify", new ConnectorResult.Failed(
                FailureKind.Unavailable, "The provider's response does not identify the account.", Delivered.Yes, Answered: true));
            return new ProbeResult(steps.Taken, null, [], unnamed);
        }

        var display = Text(body, identity.Display) ?? id;
        steps.Ok("identify", $"Signed in as {display}.");
        return new ProbeResult(steps.Taken, new Account(id, display, identity.Basis), [new AccountIdentity(identity.Basis, id)], null);
    }

    public async Task<ConnectorResult> Run(ConnectionUse use, string activity, JsonElement input, CancellationToken ct)
    {
        if (Api(use.Workspace, out var problem) is not { } api) return problem!;
        var (response, failure) = await SendSigned(use, api, address => clients.For(address, null), definition.Calls[activity], input, ct);
        return failure ?? (ConnectorResult)new ConnectorResult.Done(response!.Output.GetProperty("body"));
    }

    private async Task<(ApiResponse? Answer, ConnectorResult.Failed? Failure)> SendSigned(
        ConnectionUse use, HttpSettings api, Func<Uri, HttpMessageInvoker> client, DefinedCall call, JsonElement input, CancellationToken ct)
    {
        if (Request(call, input, api, out var wrong) is not { } request) return (null, Invalid(wrong!));
        return await SignedCall.Send<ApiResponse>(use, async token =>
        {
            var (response, failure) = await new HttpCall(api, token, client, clock).Send(request, ct);
            return (response, failure ?? response!.Failure ?? ToFailure(response));
        }, ct);
    }

    private static ConnectorResult.Failed? ToFailure(ApiResponse response) => response.Status switch
    {
        404 => new(FailureKind.NotFound, $"The API found no such resource: {response.Text}", Delivered.Yes, Answered: true),
        >= 400 => new(FailureKind.InvalidInput, $"The API rejected the request ({response.Status}): {response.Text}", Delivered.Yes, Answered: true),
        _ => null
    };

    private HttpSettings? Api(string? workspace, out ConnectorResult.Failed? problem)
    {
        problem = null;
        var application = applications.Find(Entry.Id, workspace);
        try
        {
            if (application is null) throw new OAuthSettingsException($"No OAuth application is configured for {Entry.Name}.");
            var baseUrl = application.Fill(definition.BaseUrl, definition.OAuth);
            var settings = JsonSerializer.SerializeToElement(new Dictionary<string, string> { ["baseUrl"] = baseUrl, ["auth"] = "bearer" });
            return HttpSettings.Parse(settings, out var why) ?? throw new OAuthSettingsException(why!);
        }
        catch (OAuthSettingsException settings)
        {
            problem = new ConnectorResult.Failed(FailureKind.Operator, settings.Message, Delivered.No, Answered: true);
            return null;
        }
    }

    private static ApiRequest? Request(DefinedCall call, JsonElement input, HttpSettings api, out string? problem)
    {
        var left = input.EnumerateObject().ToDictionary(p => p.Name, p => p.Value);
        var path = Place().Replace(call.Path, place =>
            left.Remove(place.Groups[1].Value, out var value) ? Uri.EscapeDataString(value.ToString()) : "");
        var request = new Dictionary<string, object> { ["method"] = call.Method, ["path"] = path };
        if (left.Count > 0) request[call.Method == "GET" ? "query" : "body"] = left;
        return ApiRequest.Parse(JsonSerializer.SerializeToElement(request), api, out problem);
    }

    private static string? Text(JsonElement body, string member) =>
        body.ValueKind == JsonValueKind.Object && body.TryGetProperty(member, out var value) ? value.ToString() : null;

    private static ConnectorResult.Failed Invalid(string message) => new(FailureKind.InvalidInput, message, Delivered.No, Answered: true);

    [GeneratedRegex(@"\{(\w+)\}")]
    private static partial Regex Place();
}
