using System.Text.Json;
using Connections.Connectors.Catalogue;
using Connections.Connectors.Signing;
using Connections.Domain;

namespace Connections.Connectors.Http;

/// <summary>An error response of a provider's API.</summary>
/// <param name="Code">The provider's error code; empty if there is none.</param>
internal sealed record ProviderError(int Status, string Code, string Message, TimeSpan? RetryAfter)
{
    private const int MaxQuotedLength = 300;

    /// <summary>The region that the provider names as the right one.</summary>
    public string? Region { get; init; }

    // Google and Microsoft both send {"error": {"code", "message", …}}. Google's code is the HTTP status; its error code is in "errors".
    public static ProviderError Read(int status, JsonElement body, TimeSpan? retryAfter)
    {
        var error = Json.Member(body, "error");
        var code = Json.Member(error, "errors") is { ValueKind: JsonValueKind.Array } errors && errors.GetArrayLength() > 0
            ? Json.Given(errors[0], "reason") : Json.Given(error, "code");
        return Create(status, code, Json.Given(error, "message"), retryAfter);
    }

    /// <param name="message">A foreign text: its beginning is kept, as one line.</param>
    public static ProviderError Create(int status, string? code, string? message, TimeSpan? retryAfter)
    {
        var line = string.Join(' ', (message ?? "").Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        return new ProviderError(status, code ?? "", line.Length <= MaxQuotedLength ? line : line[..MaxQuotedLength] + "…", retryAfter);
    }

    /// <summary>The failure for the status alone.</summary>
    public ConnectorResult.Failed Standard() => Status switch
    {
        401 => As(FailureKind.ReauthRequired, "The provider rejected the token", Delivered.No),
        403 => As(FailureKind.Forbidden, "The account may not do this", Delivered.No),
        404 => As(FailureKind.NotFound, "The provider found no such resource", Delivered.No),
        429 => As(FailureKind.Throttled, "The provider limits the request rate", Delivered.No),
        503 when RetryAfter is not null => As(FailureKind.Throttled, "The provider asks to retry later", Delivered.No),
        >= 500 => As(FailureKind.Unavailable, "The provider failed", Delivered.Maybe),
        _ => As(FailureKind.InvalidInput, "The provider rejected the request", Delivered.No)
    };

    public ConnectorResult.Failed As(FailureKind kind, string what, Delivered delivered) =>
        new(kind, $"{what}: {Status} {Code} {Message}".TrimEnd(), delivered, RetryAfter, Answered: true) { OwnWords = $"{what} ({Status})." };
}

/// <summary>
/// The message handler below a provider's client library, for one call. Uses guarded connections, sends the access token and converts error
/// responses.
/// </summary>
internal class SdkMessageHandler(
    Func<Uri, HttpMessageInvoker> client, IRequestSigner signer, Func<ProviderError, ConnectorResult.Failed> meaning, TimeProvider clock) : HttpMessageHandler
{
    // Larger than the output limit, because a mail message contains more than its text.
    private const int MaxResponseBytes = 8 * 1024 * 1024;

    private HttpRequestMessage? last;

    /// <summary>
    /// Runs a library call that uses this handler. Other exceptions of the library mean a response that it could not read.
    /// </summary>
    public async Task<(T? Response, ConnectorResult.Failed? Failure)> Run<T>(Func<Task<T>> work)
    {
        try
        {
            return (await work(), null);
        }
        catch (ProviderErrorException rejected)
        {
            return (default, rejected.Failure);
        }
        catch (OperationCanceledException)
        {
            return (default, new ConnectorResult.Failed(
                FailureKind.Timeout, "The provider did not answer in time.", SentRequestTracker.Delivered(last)));
        }
        catch (Exception e) when (TransportFailure.Is(e))
        {
            return (default, TransportFailure.From(e, last, "The provider", responding: false));
        }
        catch (Exception e) when (last is not null)
        {
            return (default, Explain(e) ?? new ConnectorResult.Failed(
                FailureKind.Unavailable, "The provider's response does not match its API description.", Delivered.Maybe, Answered: true));
        }
    }

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        last = request;
        signer.Sign(request);
        var response = await client(request.RequestUri!).SendAsync(request, cancellationToken);
        if (response.IsSuccessStatusCode && Streams(request)) return response;
        var body = await ResponseBody.Read(response.Content, MaxResponseBytes, cancellationToken);
        if (!response.IsSuccessStatusCode)
            using (response) throw Rejection(Read(response, body));
        var read = new ByteArrayContent(body);
        foreach (var (name, values) in response.Content.Headers) read.Headers.TryAddWithoutValidation(name, values);
        response.Content = read;
        return response;
    }

    /// <summary>Whether the library reads the response to this request while it arrives.</summary>
    protected virtual bool Streams(HttpRequestMessage request) => false;

    /// <summary>The failure for an exception of the library itself; null: the response could not be read.</summary>
    protected virtual ConnectorResult.Failed? Explain(Exception fault) => null;

    protected virtual ProviderError Read(HttpResponseMessage response, byte[] body)
    {
        var text = ForeignText.Decode(body, ResponseBody.MediaType(response.Content.Headers).Charset); // may be a gateway's error page
        return ProviderError.Read((int)response.StatusCode, Json.Foreign(text), ApiResponse.After(response, clock));
    }

    protected ProviderError Error(HttpResponseMessage response, string? code, string? message) =>
        ProviderError.Create((int)response.StatusCode, code, message, ApiResponse.After(response, clock));

    private ProviderErrorException Rejection(ProviderError error) => new(error, meaning(error));
}

/// <summary>Carries an error response through a provider's client library.</summary>
internal sealed class ProviderErrorException(ProviderError error, ConnectorResult.Failed failure) : Exception(failure.Message)
{
    public ProviderError Error => error;

    public ConnectorResult.Failed Failure => failure;
}
