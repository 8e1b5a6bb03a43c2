using System.Net;
using System.Net.Sockets;
using Connections.Connectors.Pipeline;
using Connections.Domain;

namespace Connections.Connectors.Http;

/// <summary>One request and the redirects it is led through.</summary>
internal sealed class HttpCall(HttpSettings settings, Secret credentials, Func<Uri, HttpMessageInvoker> client, TimeProvider clock)
{
    private const int MostHops = 5;

    public async Task<(ApiResponse? Answer, ConnectorResult.Failed? Failure)> Send(ApiRequest request, CancellationToken ct)
    {
        HttpRequestMessage? message = null;
        var answering = false;
        try
        {
            var (address, own) = (request.Address, true);
            for (var hop = 0; ; hop++)
            {
                answering = false;
                message?.Dispose();
                message = request.Message(address, own, settings, credentials);
                using var response = await client(address).SendAsync(message, ct);
                answering = true;
                if (!request.Follows || Next(response, address) is not { } next)
                    return (await ApiResponse.Read(response, own, credentials, clock, ct), null);
                if (next.UserInfo.Length > 0) return Refuse("The API redirects to an address that holds a user: that is not followed.");
                if (hop == MostHops) return Refuse($"The API redirects more than {MostHops} times.");
                own &= HttpSettings.GetOrigin(next) == settings.Origin;
                address = next;
            }
        }
        catch (ResponseTooLargeException)
        {
            return (null, new ConnectorResult.Failed(
                FailureKind.InvalidInput,
                $"The answer is larger than {ConnectorRunner.OutputLimit / 1024} KB; ask for less.", Delivered.Yes, Answered: true));
        }
        catch (OperationCanceledException)
        {
            return (null, new ConnectorResult.Failed(FailureKind.Timeout, "The API did not answer in time.", SentRequestTracker.Delivered(message)));
        }
        catch (Exception e) when (e is HttpRequestException or IOException or SocketException)
        {
            return (null, (e.InnerException as NotConnectedException)?.Failure ?? Broken(message, answering));
        }
        finally
        {
            message?.Dispose();
        }
    }

    /// <summary>Where the answer leads; null where it is the answer itself. From https there is no way back to http.</summary>
    private static Uri? Next(HttpResponseMessage response, Uri from)
    {
        if (response.StatusCode is not (HttpStatusCode.MovedPermanently or HttpStatusCode.Found or HttpStatusCode.SeeOther
            or HttpStatusCode.TemporaryRedirect or HttpStatusCode.PermanentRedirect)) return null;
        if (response.Headers.Location is not { } location) return null;
        var next = location.IsAbsoluteUri ? location : new Uri(from, location);
        var known = next.Scheme == Uri.UriSchemeHttps || (next.Scheme == Uri.UriSchemeHttp && from.Scheme == Uri.UriSchemeHttp);
        return known ? next : null;
    }

    private static ConnectorResult.Failed Broken(HttpRequestMessage? message, bool answering) => new(
        FailureKind.Unavailable, answering ? "The answer broke off." : "The connection broke before an answer came.",
        SentRequestTracker.Delivered(message));

    private static (ApiResponse?, ConnectorResult.Failed?) Refuse(string message) =>
        (null, new ConnectorResult.Failed(FailureKind.InvalidInput, message, Delivered.Yes, Answered: true));
}
