using System.Text.Json;
using Connections.Connectors.Catalogue;
using Connections.Connectors.Pipeline;
using Connections.Domain;

namespace Connections.Connectors.Http;

internal sealed class HttpConnector(GuardedHandlerFactory factory, HttpClientPool clients, TimeProvider clock) : IConnector
{
    public CatalogueEntry Entry { get; } = HttpEntry.Create();

    public string? Target(JsonElement settings) => HttpSettings.Parse(settings, out _)?.Origin;

    /// <summary>True for the safe methods. PUT and DELETE are idempotent by the standard, but not in enough APIs.</summary>
    public bool Repeatable(string activity, JsonElement input, JsonElement settings) =>
        input.TryGetProperty("method", out var method) && method.GetString() is "GET" or "HEAD" or "OPTIONS";

    public Account AccountAsTyped(JsonElement settings, Secret credentials) =>
        new(null, HttpSettings.Parse(settings, out _)?.Display(credentials) ?? "", "address");

    public IReadOnlyList<AccountIdentity> IdentitiesAsTyped(JsonElement settings, Secret credentials) =>
        HttpSettings.Parse(settings, out _) is { } typed ? [typed.Identity(credentials)] : [];

    public async Task<ProbeResult> Probe(ConnectionUse use, CancellationToken ct)
    {
        var steps = new ProbeSteps(clock);
        if (Prepared(use, out var problem) is not { } settings) return new ProbeResult([], null, [], problem);
        var request = Test(settings, out var wrongPath);
        if (request is null) return new ProbeResult([], null, [], Invalid($"Test path: {wrongPath}"));

        using var invoker = new HttpMessageInvoker(factory.Create(settings.CaCertificate, steps));
        var (answer, failure) = await new HttpCall(settings, use.Credentials, _ => invoker, clock).Send(request, ct);
        if ((failure ?? answer!.Failure) is { } failed)
        {
            var masked = SecretMasking.Mask(failed, use.Credentials);
            if (!steps.Taken.Any(s => s.Outcome is not ("ok" or "skipped"))) steps.Fail("signIn", masked);
            return new ProbeResult(steps.Taken, null, [], masked);
        }

        steps.Ok("signIn", $"The API answered {answer!.Status} {answer.Reason}.");
        return new ProbeResult(steps.Taken, AccountAsTyped(use.Settings, use.Credentials), [settings.Identity(use.Credentials)], null);
    }

    public async Task<ConnectorResult> Run(ConnectionUse use, string activity, JsonElement input, CancellationToken ct)
    {
        if (Prepared(use, out var problem) is not { } settings) return problem!;
        if (ApiRequest.Parse(input, settings, out var why) is not { } request) return Invalid(why!);
        var call = new HttpCall(settings, use.Credentials, address => clients.For(address, settings.CaCertificate), clock);
        var (answer, failure) = await call.Send(request, ct);
        return (failure ?? answer!.Failure) is { } failed ? SecretMasking.Mask(failed, use.Credentials) : new ConnectorResult.Done(answer!.Output);
    }

    private static HttpSettings? Prepared(ConnectionUse use, out ConnectorResult.Failed? problem)
    {
        var settings = HttpSettings.Parse(use.Settings, out var why);
        problem = settings is null ? Invalid(why!) : Missing(settings, use.Credentials);
        return problem is null ? settings : null;
    }

    private static ApiRequest? Test(HttpSettings settings, out string? problem)
    {
        var at = settings.TestPath.IndexOf('?');
        var (path, query) = at >= 0 ? (settings.TestPath[..at], settings.TestPath[at..]) : (settings.TestPath, "");
        if ((problem = HttpPath.Objection(path)) is not null) return null;
        var address = new UriBuilder(HttpPath.Below(settings.Base, path, [])) { Query = query }.Uri;
        return new ApiRequest(HttpMethod.Get, address, settings.Headers, null, null);
    }

    private static ConnectorResult.Failed? Missing(HttpSettings settings, Secret credentials)
    {
        string[] needed = settings.Auth switch { "basic" => ["username", "password"], "bearer" => ["token"], "apiKey" => ["apiKey"], _ => [] };
        foreach (var field in needed)
        {
            if (credentials.Field(field) is not { Length: > 0 } value)
                return new ConnectorResult.Failed(FailureKind.ReauthRequired, $"The credentials contain no {field}.", Delivered.No, Answered: true);
            if (settings.Auth != "basic" && value.Any(c => c is < ' ' or > '~'))
                return Invalid($"The {field} may contain only printable ASCII characters.");
        }

        return null;
    }

    private static ConnectorResult.Failed Invalid(string message) => new(FailureKind.InvalidInput, message, Delivered.No, Answered: true);
}
