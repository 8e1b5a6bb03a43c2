namespace Connections.Files.Records;

/// <param name="Sealed">Null once the file was removed.</param>
internal sealed record FileRecord(Guid Id, string Workspace, string? Sealed, DateTimeOffset ExpiresAt);

/// <summary>The sealed part of a record.</summary>
/// <param name="Key">The key of the file.</param>
internal sealed record FileDescription(byte[] Key, string Name, string ContentType, long Size, string Sha256);
