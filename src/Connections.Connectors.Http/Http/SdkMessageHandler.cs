using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text.Json;
using Connections.Domain;

namespace Connections.Connectors.Http;

/// <summary>What an API says when it refuses.</summary>
/// <param name="Code">The vendor's word for it; empty where it gives none.</param>
internal sealed record ProviderError(int Status, string Code, string Message, TimeSpan? RetryAfter)
{
    /// <summary>What a status means where the vendor says no more.</summary>
    public ConnectorResult.Failed Standard() => Status switch
    {
        401 => As(FailureKind.ReauthRequired, "The provider does not take the token", Delivered.No),
        403 => As(FailureKind.Forbidden, "The account may not do this", Delivered.No),
        404 => As(FailureKind.NotFound, "The provider does not know this", Delivered.No),
        429 => As(FailureKind.Throttled, "The provider asks to slow down", Delivered.No),
        503 when RetryAfter is not null => As(FailureKind.Throttled, "The provider asks to come back later", Delivered.No),
        >= 500 => As(FailureKind.Unavailable, "The provider failed", Delivered.Maybe),
        _ => As(FailureKind.InvalidInput, "The provider refuses this", Delivered.No)
    };

    public ConnectorResult.Failed As(FailureKind kind, string what, Delivered delivered) =>
        new(kind, $"{what}: {Status} {Code} {Message}".TrimEnd(), delivered, RetryAfter, Answered: true);
}

/// <summary>
/// Under a vendor's client library: our guarded doors instead of its own, the connection's token, and failures as we tell them. For one call.
/// </summary>
internal sealed class SdkMessageHandler(
    Func<Uri, HttpMessageInvoker> client, Secret token, Func<ProviderError, ConnectorResult.Failed> meaning, TimeProvider clock) : HttpMessageHandler
{
    /// <summary>Of an answer, in bytes: more than is ever handed on, since a message comes with more than its text.</summary>
    private const int LongestAnswer = 8 * 1024 * 1024;

    private const int MostQuoted = 300;

    private HttpRequestMessage? last;

    /// <summary>Runs what the library does on this road. Its own exceptions mean an answer that it could not read.</summary>
    public async Task<(T? Answer, ConnectorResult.Failed? Failure)> Run<T>(Func<Task<T>> work)
    {
        try
        {
            return (await work(), null);
        }
        catch (ProviderErrorException refused)
        {
            return (default, refused.Failure);
        }
        catch (OperationCanceledException)
        {
            return (default, new ConnectorResult.Failed(
                FailureKind.Timeout, "The provider did not answer in time.", SentRequestTracker.Delivered(last)));
        }
        catch (Exception e) when (e is HttpRequestException or IOException or SocketException)
        {
            return (default, (e.InnerException as NotConnectedException)?.Failure ?? new ConnectorResult.Failed(
                FailureKind.Unavailable, "The connection broke before the provider's answer had come.", SentRequestTracker.Delivered(last)));
        }
        catch (Exception) when (last is not null)
        {
            return (default, new ConnectorResult.Failed(
                FailureKind.Unavailable, "The provider's answer is not what its API describes.", Delivered.Maybe, Answered: true));
        }
    }

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        last = request;
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token.Field("token"));
        var response = await client(request.RequestUri!).SendAsync(request, cancellationToken);
        await response.Content.LoadIntoBufferAsync(LongestAnswer, cancellationToken);
        if (response.IsSuccessStatusCode) return response;
        using (response) throw new ProviderErrorException(meaning(await Read(response, cancellationToken)));
    }

    // Google and Microsoft both answer {"error": {"code", "message", …}}; Google's code is the status, and its words are in "errors"
    private async Task<ProviderError> Read(HttpResponseMessage response, CancellationToken ct)
    {
        var (code, message) = ("", "");
        try
        {
            using var body = JsonDocument.Parse(await response.Content.ReadAsByteArrayAsync(ct));
            if (Member(body.RootElement, "error") is { ValueKind: JsonValueKind.Object } error)
            {
                message = Text(error, "message");
                code = Text(error, "code");
                if (Member(error, "errors") is { ValueKind: JsonValueKind.Array } several && several.GetArrayLength() > 0) code = Text(several[0], "reason");
            }
        }
        catch (JsonException)
        {
            // a gateway's page says nothing
        }

        message = string.Join(' ', message.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        return new ProviderError((int)response.StatusCode, code, message.Length <= MostQuoted ? message : message[..MostQuoted] + "…", ApiResponse.After(response, clock));
    }

    private static JsonElement? Member(JsonElement value, string name) =>
        value.ValueKind == JsonValueKind.Object && value.TryGetProperty(name, out var member) ? member : null;

    private static string Text(JsonElement value, string name) =>
        Member(value, name) is { ValueKind: JsonValueKind.String } text ? text.GetString()! : "";

    private sealed class ProviderErrorException(ConnectorResult.Failed failure) : Exception(failure.Message)
    {
        public ConnectorResult.Failed Failure => failure;
    }
}
