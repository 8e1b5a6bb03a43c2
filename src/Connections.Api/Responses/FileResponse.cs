using Connections.Connectors.Files;

namespace Connections.Api.Responses;

/// <param name="Sha256">The SHA-256 of the content, in lower-case hexadecimal digits.</param>
public sealed record FileResponse(Guid Id, string Name, long Size, string ContentType, string Sha256, DateTimeOffset ExpiresAt)
{
    public static FileResponse From(StoredFile file) => new(file.Id, file.Name, file.Size, file.ContentType, file.Sha256, file.ExpiresAt);
}
