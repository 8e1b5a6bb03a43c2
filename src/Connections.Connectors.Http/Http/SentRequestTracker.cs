using System.Net;
using Connections.Domain;

namespace Connections.Connectors.Http;

/// <summary>
/// Asks for the codings that <see cref="ContentCoding"/> unpacks, and records for each request whether it may have been sent. The client reads a request's content only when it writes the request.
/// Events on connections give no information: the client may dial for a request and then send it on another connection that became free.
/// </summary>
internal sealed class SentRequestTracker(HttpMessageHandler client) : DelegatingHandler(client)
{
    private static readonly HttpRequestOptionsKey<SentRequest> Key = new("sent");

    /// <summary>Whether a request without a response may have been delivered.</summary>
    public static Delivered Delivered(HttpRequestMessage? request) =>
        request?.Options.TryGetValue(Key, out var state) == true && state.Sent ? Domain.Delivered.Maybe : Domain.Delivered.No;

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (!request.Options.TryGetValue(Key, out var state)) request.Options.Set(Key, state = new SentRequest());
        if (request.Content is { } content) request.Content = new TrackedContent(content, state);
        else state.Sent = true; // a request without content only reads, so a repetition is harmless
        if (!request.Headers.Contains("Accept-Encoding")) request.Headers.TryAddWithoutValidation("Accept-Encoding", ContentCoding.Accepted);
        return base.SendAsync(request, cancellationToken);
    }

    private sealed class SentRequest
    {
        private volatile bool sent;

        public bool Sent
        {
            get => sent;
            set => sent = value;
        }
    }

    private sealed class TrackedContent : HttpContent
    {
        private readonly HttpContent content;
        private readonly SentRequest state;

        public TrackedContent(HttpContent content, SentRequest state)
        {
            (this.content, this.state) = (content, state);
            foreach (var (name, values) in content.Headers) Headers.TryAddWithoutValidation(name, values);
        }

        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
            SerializeToStreamAsync(stream, context, CancellationToken.None);

        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
        {
            state.Sent = true;
            return content.CopyToAsync(stream, context, cancellationToken);
        }

        protected override bool TryComputeLength(out long length)
        {
            length = content.Headers.ContentLength ?? 0;
            return content.Headers.ContentLength is not null;
        }

        protected override void Dispose(bool disposing)
        {
            if (disposing) content.Dispose();
            base.Dispose(disposing);
        }
    }
}
