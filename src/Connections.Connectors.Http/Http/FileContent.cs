using System.Net;
using Connections.Connectors.Files;

namespace Connections.Connectors.Http;

/// <summary>Sends the bytes of a file, from its beginning each time. The file stays open.</summary>
internal sealed class FileContent(OpenFile file) : HttpContent
{
    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        file.Content.Position = 0;
        return file.Content.CopyToAsync(stream, cancellationToken);
    }

    protected override bool TryComputeLength(out long length)
    {
        length = file.File.Size;
        return true;
    }
}
