namespace Connections.Credentials.Sealing;

/// <summary>
/// Seals content of events, tables and internal messages (inputs, outputs, one-time secrets) with the workspace's data key of the month.
/// When that key is destroyed, everything sealed with it becomes unreadable. Each sealed text names its key, so that a further key of the
/// same month opens only what it sealed.
/// </summary>
public interface ISeals
{
    /// <param name="subject">The owner of the content, such as an activity's id and part. Content sealed for one subject cannot be opened
    /// for another.</param>
    /// <returns>Printable text that contains the name of the key and nothing else readable.</returns>
    Task<string> Seal(string workspace, string subject, ReadOnlyMemory<byte> clear, CancellationToken ct);

    /// <summary>Null when its key was destroyed.</summary>
    /// <exception cref="System.Security.Cryptography.CryptographicException">The text or the stored key was changed, or the text
    /// was sealed for another subject or workspace.</exception>
    /// <exception cref="FormatException">This is not a sealed text.</exception>
    Task<byte[]?> Open(string workspace, string subject, string sealedText, CancellationToken ct);

    /// <summary>Destroys the keys of all months that ended before <paramref name="before"/>.</summary>
    Task DestroyMonthsBefore(DateTimeOffset before, CancellationToken ct);
}

/// <summary>
/// Keyed hashes with a key per workspace that is never rotated: equal values have equal hashes, which cannot be reversed without the key.
/// </summary>
public interface IKeyedHash
{
    /// <returns>64 lower-case hexadecimal digits.</returns>
    Task<string> Hash(string workspace, string purpose, ReadOnlyMemory<byte> value, CancellationToken ct);
}
