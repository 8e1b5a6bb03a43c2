using Google.Apis.Http;
using Google.Apis.Requests;
using Google.Apis.Services;

namespace Connections.Connectors.Gmail;

/// <summary>One of Google's services by Google.Apis, whose own package for it may not be to be had.</summary>
internal sealed class GoogleService : BaseClientService
{
    private readonly string baseUrl;

    public GoogleService(string baseUrl, HttpMessageHandler road)
        : base(new Initializer
        {
            ApplicationName = "connections",
            HttpClientFactory = new HandlerFactory(road),
            DefaultExponentialBackOffPolicy = ExponentialBackOffPolicy.None, // the runner tries again, and knows what may be repeated
            GZipEnabled = false // the road unpacks
        })
    {
        this.baseUrl = baseUrl;
        HttpClient.Timeout = Timeout.InfiniteTimeSpan; // the attempt has its own
    }

    public override string Name => "google";

    public override string BaseUri => baseUrl + "/";

    public override string BasePath => "";

    public override IList<string> Features => [];

    private sealed class HandlerFactory(HttpMessageHandler road) : HttpClientFactory
    {
        protected override HttpMessageHandler CreateHandler(CreateHttpClientArgs args) => road;
    }
}

internal sealed record GoogleClients(GoogleService Gmail, GoogleService Identity) : IDisposable
{
    public void Dispose()
    {
        Gmail.Dispose();
        Identity.Dispose();
    }
}

internal sealed class GoogleRequest<T> : ClientServiceRequest<T>
{
    private readonly object? body;

    /// <param name="path">Below the service's base, with its query, encoded.</param>
    public GoogleRequest(IClientService service, string method, string path, object? body = null)
        : base(service)
    {
        (HttpMethod, RestPath, this.body) = (method, path, body);
        InitParameters();
    }

    public override string MethodName => RestPath;

    public override string RestPath { get; }

    public override string HttpMethod { get; }

    protected override object? GetBody() => body;
}
