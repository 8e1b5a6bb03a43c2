namespace Connections.Api.Requests;

/// <summary>Marks an endpoint that reads the bytes of its body itself, of any type and size.</summary>
internal sealed class RawBody
{
    public static bool IsReadBy(Endpoint? endpoint) => endpoint?.Metadata.GetMetadata<RawBody>() is not null;
}
