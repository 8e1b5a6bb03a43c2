using System.Text.Json;
using Connections.Connectors.Catalogue;
using Connections.Connectors.Pipeline;
using Connections.Connectors.Signing;
using Connections.Domain;

namespace Connections.Connectors.Http;

internal sealed class HttpConnector(GuardedHandlerFactory factory, HttpClientPool clients, TimeProvider clock) : IConnector
{
    public CatalogueEntry Entry { get; } = HttpEntry.Create();

    public string? Target(JsonElement settings) => HttpSettings.Parse(settings, out _)?.Target.Origin;

    /// <summary>True for the safe methods. PUT and DELETE are idempotent by the standard, but not in enough APIs.</summary>
    public bool Repeatable(string activity, JsonElement input, JsonElement settings) =>
        input.TryGetProperty("method", out var method) && method.GetString() is "GET" or "HEAD" or "OPTIONS";

    public Account AccountAsTyped(JsonElement settings, Secret credentials) =>
        new(null, HttpSettings.Parse(settings, out _)?.Display(credentials) ?? "", "address");

    public IReadOnlyList<AccountIdentity> IdentitiesAsTyped(JsonElement settings, Secret credentials) =>
        HttpSettings.Parse(settings, out _) is { } typed ? [typed.Identity(credentials)] : [];

    public async Task<ProbeResult> Probe(ConnectionUse use, CancellationToken ct)
    {
        var steps = new ProbeSteps(clock, use.Steps);
        if (Prepare(use, out var problem) is not var (settings, signer)) return new ProbeResult([], null, [], problem);
        var request = Test(settings, out var wrongPath);
        if (request is null) return new ProbeResult([], null, [], Invalid($"Test path: {wrongPath}"));

        using var invoker = new HttpMessageInvoker(factory.Create(settings.Target.CaCertificate, steps));
        var (response, failure) = await Send(settings, signer, _ => invoker, request, ct);
        if (failure is not null)
        {
            if (!steps.Taken.Any(s => s.Outcome is not ("ok" or "skipped"))) steps.Fail("signIn", failure);
            return new ProbeResult(steps.Taken, null, [], failure);
        }

        steps.Ok("signIn", $"The API answered {response!.Status}.");
        return new ProbeResult(steps.Taken, AccountAsTyped(use.Settings, use.Credentials), [settings.Identity(use.Credentials)], null);
    }

    public async Task<ConnectorResult> Run(ConnectionUse use, string activity, JsonElement input, CancellationToken ct)
    {
        if (Prepare(use, out var problem) is not var (settings, signer)) return problem!;
        if (ApiRequest.Parse(input, settings.Target, signer, out var why) is not { } request) return Invalid(why!);
        var (response, failure) = await Send(settings, signer, address => clients.For(address, settings.Target.CaCertificate), request, ct);
        return failure ?? (ConnectorResult)new ConnectorResult.Done(response!.Output);
    }

    private Task<(ApiResponse? Response, ConnectorResult.Failed? Failure)> Send(
        HttpSettings settings, IRequestSigner signer, Func<Uri, HttpMessageInvoker> client, ApiRequest request, CancellationToken ct) =>
        SignedCall.Send<ApiResponse>(signer, async () =>
        {
            var (response, failure) = await new HttpCall(settings.Target, signer, client, clock).Send(request, ct);
            return (response, failure ?? response!.Failure);
        }, ct);

    private static (HttpSettings, IRequestSigner)? Prepare(ConnectionUse use, out ConnectorResult.Failed? problem)
    {
        problem = null;
        if (HttpSettings.Parse(use.Settings, out var why) is not { } settings) problem = Invalid(why!);
        else if (settings.Signer(use.Credentials, out problem) is { } signer) return (settings, signer);
        return null;
    }

    private static ApiRequest? Test(HttpSettings settings, out string? problem)
    {
        var at = settings.TestPath.IndexOf('?');
        var (path, query) = at >= 0 ? (settings.TestPath[..at], settings.TestPath[at..]) : (settings.TestPath, "");
        if ((problem = HttpPath.Objection(path)) is not null) return null;
        var address = new UriBuilder(HttpPath.Below(settings.Target.Base, path, [])) { Query = query }.Uri;
        return new ApiRequest(HttpMethod.Get, address, settings.Target.Headers);
    }

    private static ConnectorResult.Failed Invalid(string message) => new(FailureKind.InvalidInput, message, Delivered.No, Answered: true);
}
