using System.Net;
using Connections.Domain;

namespace Connections.Connectors.Http;

/// <summary>
/// Notes of each request whether it may have gone out. The client reads a request's content when it writes the request, and not before; on
/// which connection it writes is its own affair: one for which it dials may go out on another that has become free meanwhile.
/// </summary>
internal sealed class SentRequestTracker(HttpMessageHandler client) : DelegatingHandler(client)
{
    private static readonly HttpRequestOptionsKey<SentRequest> Key = new("departure");

    /// <summary>Of a request that nothing is heard of.</summary>
    public static Delivered Delivered(HttpRequestMessage? request) =>
        request?.Options.TryGetValue(Key, out var note) == true && note.Gone ? Domain.Delivered.Maybe : Domain.Delivered.No;

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (!request.Options.TryGetValue(Key, out var note)) request.Options.Set(Key, note = new SentRequest());
        if (request.Content is { } content) request.Content = new TrackedContent(content, note);
        else note.Gone = true; // what has no content only asks
        return base.SendAsync(request, cancellationToken);
    }

    private sealed class SentRequest
    {
        private volatile bool gone;

        public bool Gone
        {
            get => gone;
            set => gone = value;
        }
    }

    private sealed class TrackedContent : HttpContent
    {
        private readonly HttpContent content;
        private readonly SentRequest note;

        public TrackedContent(HttpContent content, SentRequest note)
        {
            (this.content, this.note) = (content, note);
            foreach (var (name, values) in content.Headers) Headers.TryAddWithoutValidation(name, values);
        }

        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
            SerializeToStreamAsync(stream, context, CancellationToken.None);

        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
        {
            note.Gone = true;
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
