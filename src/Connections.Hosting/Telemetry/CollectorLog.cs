using Microsoft.Extensions.Logging;

namespace Connections.Hosting.Telemetry;

/// <summary>Logs that the collector did not take an export, since its content is lost. Logs one warning until an export succeeds again.</summary>
internal sealed class CollectorLog(ILogger log, HttpMessageHandler inner) : DelegatingHandler(inner)
{
    private int failing;

    // The exporter of OTLP over HTTP calls this one, that of OTLP over gRPC the other.
    protected override HttpResponseMessage Send(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        try
        {
            return Check(request, base.Send(request, cancellationToken));
        }
        catch (Exception failed) when (failed is HttpRequestException or OperationCanceledException)
        {
            Fail(request, Reason(failed));
            throw;
        }
    }

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        try
        {
            return Check(request, await base.SendAsync(request, cancellationToken));
        }
        catch (Exception failed) when (failed is HttpRequestException or OperationCanceledException)
        {
            Fail(request, Reason(failed));
            throw;
        }
    }

    private static string Reason(Exception failed) => failed switch
    {
        HttpRequestException e => $"{e.HttpRequestError}",
        _ => "no response in time"
    };

    private HttpResponseMessage Check(HttpRequestMessage request, HttpResponseMessage response)
    {
        if (!response.IsSuccessStatusCode) Fail(request, $"status {(int)response.StatusCode}");
        else if (Interlocked.Exchange(ref failing, 0) == 1) log.LogInformation("The collector at {Address} takes exports again", Address(request));
        return response;
    }

    private void Fail(HttpRequestMessage request, string reason)
    {
        if (Interlocked.Exchange(ref failing, 1) == 1) return;
        log.LogWarning(
            "The collector at {Address} did not take an export ({Reason}). Exports are lost until it takes them again", Address(request), reason);
    }

    private static string Address(HttpRequestMessage request) =>
        request.RequestUri!.GetComponents(UriComponents.SchemeAndServer | UriComponents.Path, UriFormat.UriEscaped);
}
