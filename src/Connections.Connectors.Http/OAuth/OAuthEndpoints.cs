using System.Text.Json;
using Connections.Connectors.Http;
using Connections.Connectors.Pipeline;
using Connections.Domain;

namespace Connections.Connectors.OAuth;

/// <summary>
/// Calls a provider's token and revocation endpoints through the host guard. Provider failures are results, not exceptions.
/// </summary>
public sealed class OAuthEndpoints
{
    /// <summary>Timeout of one call. Longer than providers need, shorter than the time that other callers wait for the result.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    private const int MaxMessageLength = 300;
    private const int MaxResponseBytes = 64 * 1024;

    private readonly HttpClientPool clients;
    private readonly OperatorFaults faults;
    private readonly TimeProvider clock;

    internal OAuthEndpoints(HttpClientPool clients, OperatorFaults faults, TimeProvider clock) =>
        (this.clients, this.faults, this.clock) = (clients, faults, clock);

    public Task<TokenResponse> Exchange(
        OAuthDefinition definition, OAuthApplication application, string code, string verifier, string redirectUri, CancellationToken ct) =>
        Request(definition, application, definition.TokenUrl, new()
        {
            ["grant_type"] = "authorization_code",
            ["code"] = code,
            ["redirect_uri"] = redirectUri,
            ["code_verifier"] = verifier
        }, ct);

    /// <param name="scopes">Sent only if the definition requires them.</param>
    public Task<TokenResponse> Refresh(
        OAuthDefinition definition, OAuthApplication application, string refreshToken, IEnumerable<string> scopes, CancellationToken ct)
    {
        var form = new Dictionary<string, string> { ["grant_type"] = "refresh_token", ["refresh_token"] = refreshToken };
        if (definition.ScopesAtRefresh) form["scope"] = string.Join(definition.ScopeSeparator, scopes);
        return Request(definition, application, definition.TokenUrl, form, ct);
    }

    /// <summary>Whether the provider accepted the revocation. By RFC 7009 it also answers 200 for an unknown token.</summary>
    /// <param name="token">An access token if it is sent as credentials; otherwise either token.</param>
    public async Task<bool> Revoke(OAuthDefinition definition, OAuthApplication application, string token, CancellationToken ct)
    {
        if (definition.RevokeUrl is null || Address(definition, application, definition.RevokeUrl, out _) is not { } address) return false;
        var (status, _, _, failure) = definition.RevokeWithBearer
            ? await Post(address, null, ct, token)
            : await Post(address, WithClient(new() { ["token"] = token }, application), ct);
        return failure is null && status is >= 200 and < 300;
    }

    private async Task<TokenResponse> Request(
        OAuthDefinition definition, OAuthApplication application, string template, Dictionary<string, string> form, CancellationToken ct)
    {
        var response = await ReadResponse(definition, application, template, form, ct);
        var failed = response as TokenResponse.Failed;
        faults.RecordTokenResult(application, failed?.Kind, failed?.Reason ?? "");
        return response;
    }

    private async Task<TokenResponse> ReadResponse(
        OAuthDefinition definition, OAuthApplication application, string template, Dictionary<string, string> form, CancellationToken ct)
    {
        if (Address(definition, application, template, out var problem) is not { } address)
            return new TokenResponse.Failed(FailureKind.Operator, problem, Delivered.No);
        var (sent, sentAt) = (WithClient(form, application), clock.GetUtcNow());
        var (status, body, retryAfter, failure) = await Post(address, sent, ct);
        var response = failure ?? TokenResponse.Read(status, body, retryAfter, definition, sentAt);
        return response is TokenResponse.Failed failed ? failed with { Message = Mask(failed.Message, sent) } : response;
    }

    private static Uri? Address(OAuthDefinition definition, OAuthApplication application, string template, out string problem)
    {
        problem = "";
        try
        {
            return new Uri(application.Fill(template, definition));
        }
        catch (Exception e) when (e is OAuthSettingsException or UriFormatException)
        {
            problem = e.Message;
            return null;
        }
    }

    private static Dictionary<string, string> WithClient(Dictionary<string, string> form, OAuthApplication application)
    {
        form["client_id"] = application.ClientId;
        if (application.ClientSecret is { } secret) form["client_secret"] = secret;
        return form;
    }

    private async Task<(int Status, string? Body, TimeSpan? RetryAfter, TokenResponse.Failed? Failure)> Post(
        Uri address, Dictionary<string, string>? form, CancellationToken ct, string? bearer = null)
    {
        using var limit = new CancellationTokenSource(Limit, clock);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, ct);
        using var message = new HttpRequestMessage(HttpMethod.Post, address) { Version = new Version(1, 1) };
        // Dropbox rejects a request without an argument that names a content type.
        message.Content = form is null ? new ByteArrayContent([]) : new FormUrlEncodedContent(form);
        if (bearer is not null) message.Headers.TryAddWithoutValidation("Authorization", $"Bearer {bearer}");
        message.Headers.TryAddWithoutValidation("Accept", "application/json");
        message.Headers.TryAddWithoutValidation("User-Agent", "connections");
        try
        {
            using var response = await clients.For(address, null).SendAsync(message, both.Token);
            var body = await Text(response.Content, both.Token);
            return ((int)response.StatusCode, body, ApiResponse.After(response, clock), null);
        }
        catch (OperationCanceledException)
        {
            return (0, null, null, new(FailureKind.Timeout, $"The provider did not answer within {Limit.TotalSeconds:0} s.", SentRequestTracker.Delivered(message)));
        }
        catch (Exception e) when (TransportFailure.Is(e))
        {
            return (0, null, null, Unreachable(TransportFailure.From(e, message, "The provider", responding: false)));
        }
    }

    // The operator configured the address, so a rejected address is an operator fault. A response that cannot be read is the provider's.
    private static TokenResponse.Failed Unreachable(ConnectorResult.Failed failure) => new(
        failure.Kind != FailureKind.InvalidInput ? failure.Kind
        : failure.Delivered == Delivered.No ? FailureKind.Operator : FailureKind.Unavailable,
        failure.Message, failure.Delivered)
    {
        OwnWords = failure.OwnWords
    };

    private static async Task<string?> Text(HttpContent content, CancellationToken ct)
    {
        try
        {
            var bytes = await ResponseBody.Read(content, MaxResponseBytes, ct);
            return ForeignText.Decode(bytes, ResponseBody.MediaType(content.Headers).Charset);
        }
        catch (ResponseTooLargeException)
        {
            return null;
        }
    }

    // Providers quote the request in error messages.
    private static string Mask(string message, Dictionary<string, string> sent)
    {
        string[] secret = ["code", "code_verifier", "refresh_token", "client_secret", "token"];
        var fields = JsonSerializer.SerializeToElement(sent.Where(f => secret.Contains(f.Key)).ToDictionary(f => f.Key, f => f.Value));
        var clean = SecretMasking.Mask(message, Secret.From(fields));
        return clean.Length <= MaxMessageLength ? clean : clean[..MaxMessageLength] + "…";
    }
}
