namespace Connections.Credentials.Sealing;

/// <summary>
/// Seals what has to lie in an event, a table or a message of ours (inputs, outputs, one-time secrets) with the workspace's data key of the
/// month. When that key is destroyed, everything sealed in that month is gone for good.
/// </summary>
public interface ISeals
{
    /// <param name="subject">What it belongs to (an activity's id and part): what is sealed for one subject does not open for another.</param>
    /// <returns>Printable text that names the month and holds nothing readable.</returns>
    Task<string> Seal(string workspace, string subject, ReadOnlyMemory<byte> clear, CancellationToken ct);

    /// <summary>Null when the key of that month was destroyed.</summary>
    /// <exception cref="System.Security.Cryptography.CryptographicException">It was changed, or sealed for another subject or workspace.</exception>
    Task<byte[]?> Open(string workspace, string subject, string sealedText, CancellationToken ct);

    /// <summary>Destroys the keys of all months that ended before <paramref name="before"/>.</summary>
    Task DestroyMonthsBefore(DateTimeOffset before, CancellationToken ct);
}

/// <summary>Keyed hashes with a key per workspace that is never rotated: the same in equals the same out, and the key tells nothing back.</summary>
public interface IKeyedHash
{
    /// <returns>64 lower-case hexadecimal digits.</returns>
    Task<string> Hash(string workspace, string purpose, ReadOnlyMemory<byte> value, CancellationToken ct);
}
