using Google.Apis.Http;
using Google.Apis.Requests;
using Google.Apis.Services;

namespace Connections.Connectors.Gmail;

/// <summary>A Google service on Google.Apis, for services whose own package is not available on every registry.</summary>
internal sealed class GoogleService : BaseClientService
{
    private readonly string baseUrl;

    public GoogleService(string baseUrl, HttpMessageHandler handler)
        : base(new Initializer
        {
            ApplicationName = "connections",
            HttpClientFactory = new HandlerFactory(handler),
            DefaultExponentialBackOffPolicy = ExponentialBackOffPolicy.None, // the runner retries, because it knows which calls are repeatable
            GZipEnabled = false // the message handler decompresses
        })
    {
        this.baseUrl = baseUrl;
        HttpClient.Timeout = Timeout.InfiniteTimeSpan; // the attempt has its own timeout
    }

    public override string Name => "google";

    public override string BaseUri => baseUrl + "/";

    public override string BasePath => "";

    public override IList<string> Features => [];

    private sealed class HandlerFactory(HttpMessageHandler handler) : HttpClientFactory
    {
        protected override HttpMessageHandler CreateHandler(CreateHttpClientArgs args) => handler;
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

    /// <param name="path">Relative to the service's base URL, with the query, encoded.</param>
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
