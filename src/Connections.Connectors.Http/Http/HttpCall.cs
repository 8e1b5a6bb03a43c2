using System.Net;
using Connections.Connectors.Signing;
using Connections.Domain;

namespace Connections.Connectors.Http;

/// <summary>Reads the response to a request.</summary>
/// <param name="own">Whether it came from the target's own origin.</param>
internal delegate Task<ApiResponse> ResponseReader(HttpResponseMessage response, bool own, CancellationToken ct);

/// <summary>Sends one request and follows its redirects.</summary>
internal sealed class HttpCall(HttpTarget target, IRequestSigner signer, Func<Uri, HttpMessageInvoker> client, TimeProvider clock)
{
    private const int MaxRedirects = 5;

    /// <param name="reader">Null: reads the whole body.</param>
    public async Task<(ApiResponse? Response, ConnectorResult.Failed? Failure)> Send(
        ApiRequest request, CancellationToken ct, ResponseReader? reader = null)
    {
        reader ??= (response, own, token) => ApiResponse.Read(response, own, signer.Mask, clock, token);
        HttpRequestMessage? message = null;
        var responding = false;
        try
        {
            var (address, own) = (request.Address, true);
            for (var hop = 0; ; hop++)
            {
                responding = false;
                message?.Dispose();
                message = request.Message(address, own, signer);
                using var response = await client(address).SendAsync(message, ct);
                responding = true;
                if (!request.Follows || Next(response, address) is not { } next)
                    return (await reader(response, own, ct), null);
                if (next.UserInfo.Length > 0) return Refuse("The API redirects to an address with a user name, which is not followed.");
                if (hop == MaxRedirects) return Refuse($"The API redirects more than {MaxRedirects} times.");
                own &= HttpTarget.GetOrigin(next) == target.Origin;
                address = next;
            }
        }
        catch (ResponseTooLargeException e)
        {
            return (null, new ConnectorResult.Failed(
                FailureKind.InvalidInput,
                $"The response is larger than {e.Limit / 1024} KB; request less.", Delivered.Yes, Answered: true));
        }
        catch (OperationCanceledException)
        {
            return (null, new ConnectorResult.Failed(FailureKind.Timeout, "The API did not answer in time.", SentRequestTracker.Delivered(message)));
        }
        catch (Exception e) when (TransportFailure.Is(e))
        {
            return (null, TransportFailure.From(e, message, "The API", responding));
        }
        finally
        {
            message?.Dispose();
        }
    }

    /// <summary>The redirect target; null if the response is not a redirect, names no valid address, or redirects from https to http.</summary>
    private static Uri? Next(HttpResponseMessage response, Uri from)
    {
        if (response.StatusCode is not (HttpStatusCode.MovedPermanently or HttpStatusCode.Found or HttpStatusCode.SeeOther
            or HttpStatusCode.TemporaryRedirect or HttpStatusCode.PermanentRedirect)) return null;
        if (response.Headers.Location is not { } location || HttpTarget.Resolve(from, location.OriginalString) is not { } next) return null;
        var allowed = next.Scheme == Uri.UriSchemeHttps || (next.Scheme == Uri.UriSchemeHttp && from.Scheme == Uri.UriSchemeHttp);
        return allowed ? next : null;
    }

    private static (ApiResponse?, ConnectorResult.Failed?) Refuse(string message) =>
        (null, new ConnectorResult.Failed(FailureKind.InvalidInput, message, Delivered.Yes, Answered: true));
}
