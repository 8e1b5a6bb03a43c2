using System.Text;
using Connections.Connectors.Catalogue;
using Connections.Connectors.Http;
using Connections.Connectors.Masking;
using Connections.Connectors.Signing;
using Connections.Domain;
using EventSourcing;

namespace Connections.Connectors.GoogleVision;

/// <summary>The access tokens of connections by their credentials. A token lasts an hour.</summary>
internal sealed class ServiceAccountTokens(TimeProvider clock)
{
    private const int MaxTokens = 10_000;
    private static readonly TimeSpan Reserve = TimeSpan.FromMinutes(5);

    private readonly ExpiringMap<(string, Guid, int), (string Token, long At, TimeSpan Use)> tokens = new(clock, ServiceAccount.Life, MaxTokens);

    public string? Find(ConnectionUse use) =>
        tokens.TryGetValue(Key(use), out var kept) && clock.GetElapsedTime(kept.At) < kept.Use ? kept.Token : null;

    /// <param name="life">How long Google says that the token is valid.</param>
    public void Keep(ConnectionUse use, string token, TimeSpan life)
    {
        if (use.CredentialVersion > 0) tokens.Set(Key(use), (token, clock.GetTimestamp(), life - Reserve));
    }

    public void Forget(ConnectionUse use) => tokens.Remove(Key(use));

    private static (string, Guid, int) Key(ConnectionUse use) => (use.Workspace, use.Id, use.CredentialVersion);
}

/// <summary>Signs in with the key of a service account, and sends the access token.</summary>
/// <param name="tokens">Null: each call signs in, as a test must.</param>
internal sealed class ServiceAccountSigner(
    ServiceAccount account, ConnectionUse use, ServiceAccountTokens? tokens, Uri address, Func<Uri, HttpMessageInvoker> client, TimeProvider clock)
    : IRequestSigner
{
    private readonly List<SentSecret> sent = [];
    private string? token;
    private bool renewed;

    public SecretMask Mask { get; private set; } = SecretMask.None;

    public string Header => "Authorization";

    public void Sign(HttpRequestMessage request)
    {
        request.Headers.Remove(Header);
        request.Headers.TryAddWithoutValidation(Header, $"Bearer {token}");
    }

    public async Task<ConnectorResult.Failed?> Prepare(CancellationToken ct)
    {
        if (token is not null) return null;
        if (tokens?.Find(use) is not { } known) return await SignIn(ct);
        Use(known);
        return null;
    }

    // A token may be rejected because the account or its key was disabled for a moment, or because the clocks differ.
    public async Task<ConnectorResult.Failed?> Renew(ConnectorResult.Failed rejection, CancellationToken ct)
    {
        if (renewed) return rejection;
        renewed = true;
        tokens?.Forget(use);
        return await SignIn(ct);
    }

    private async Task<ConnectorResult.Failed?> SignIn(CancellationToken ct)
    {
        var assertion = account.CreateAssertion(clock.GetUtcNow());
        Hide(new SentSecret(assertion));
        var form = $"grant_type={Uri.EscapeDataString("urn:ietf:params:oauth:grant-type:jwt-bearer")}&assertion={assertion}";
        var target = new HttpTarget(new Uri(address, "/"), []);
        var request = new ApiRequest(HttpMethod.Post, address, [], Encoding.ASCII.GetBytes(form), "application/x-www-form-urlencoded");
        var (response, failure) = await new HttpCall(target, new NoSigner(), client, clock).Send(request, ct);
        if (failure is not null) return failure with { Delivered = Delivered.No }; // only the sign-in was sent
        var answer = Json.Foreign(response!.Text);
        if (response.Status != 200 || Json.Given(answer, "access_token") is not { } granted) return Rejected(response, Json.Given(answer, "error"));
        Use(granted);
        if (Json.Number(answer, "expires_in") is { } seconds && seconds < 1e6) tokens?.Keep(use, granted, TimeSpan.FromSeconds(seconds));
        return null;
    }

    private static ConnectorResult.Failed Rejected(ApiResponse response, string? error)
    {
        var code = error is { Length: < 64 } && error.All(c => char.IsAsciiLetterLower(c) || c == '_') ? error : null;
        return response.Status switch
        {
            429 => response.As(FailureKind.Throttled, "Google limits the number of sign-ins", Delivered.No),
            >= 500 => response.As(FailureKind.Unavailable, "Google's sign-in failed", Delivered.No),
            400 or 401 or 403 => Plain(
                FailureKind.ReauthRequired,
                $"Google rejected the key of the service account ({response.Status}). "
                + $"{(code is null ? "" : $"Google says {code}. ")}Was the key or the account deleted or disabled? Is the clock of this service right?"),
            _ => Plain(FailureKind.Unavailable, $"Google's sign-in gave no token ({response.Status}).")
        };
    }

    private static ConnectorResult.Failed Plain(FailureKind kind, string message) => new(kind, message, Delivered.No, Answered: true);

    private void Use(string granted)
    {
        token = granted;
        Hide(new SentSecret(granted, "Bearer "));
    }

    private void Hide(SentSecret secret)
    {
        sent.Add(secret);
        Mask = new SecretMask(sent);
    }
}
