using System.Net;

namespace EndToEnd.Tests.Chaos;

/// <summary>A load balancer that knows which hosts listen. A request with status 503 is sent again.</summary>
internal sealed class LoadBalancer(Func<Uri[]> addresses) : DelegatingHandler(new SocketsHttpHandler())
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var listening = addresses();
        if (listening.Length == 0) throw new HttpRequestException("No Api listens.");
        request.RequestUri = new Uri(listening[Random.Shared.Next(listening.Length)], request.RequestUri!.PathAndQuery);
        var answer = await base.SendAsync(request, cancellationToken);
        if (answer.StatusCode != HttpStatusCode.ServiceUnavailable) return answer;
        answer.Dispose();
        throw new HttpRequestException("Not now.");
    }
}
