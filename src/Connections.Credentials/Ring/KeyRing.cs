using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using Connections.Credentials.Keys;

namespace Connections.Credentials.Ring;

/// <summary>The keys that wrap all data keys. The active key wraps new data keys; the others only unwrap.</summary>
public sealed partial class KeyRing : IDisposable
{
    private const int CheckSize = 16;
    private const int SaltSize = 32;
    private readonly SortedDictionary<string, AesKey> keys = new(StringComparer.Ordinal);

    /// <exception cref="KeyRingException">An id or a key is invalid.</exception>
    public KeyRing(string activeKey, IReadOnlyDictionary<string, byte[]> keys)
    {
        foreach (var (id, material) in keys) this.keys.Add(Checked(id, material), new AesKey([.. material]));
        ThrowIfDuplicate();
        ActiveKey = activeKey;
        if (!this.keys.ContainsKey(activeKey))
            throw new KeyRingException($"Vault:ActiveKey names {Quote(activeKey)}, which is not in the ring. {KnownKeys}");
    }

    public string ActiveKey { get; }

    public IReadOnlyCollection<string> KeyIds => keys.Keys;

    private string KnownKeys => $"It has: {string.Join(", ", KeyIds)}.";

    public void Dispose()
    {
        foreach (var key in keys.Values) key.Dispose();
    }

    /// <summary>
    /// Seals data that lives for minutes, so that every host with the ring can open it. Each box has a key of its own, which is derived from
    /// the active key: strangers may have any number of boxes made.
    /// </summary>
    public byte[] Seal(string purpose, ReadOnlySpan<byte> clear)
    {
        var salt = RandomNumberGenerator.GetBytes(SaltSize);
        using var key = Derive(ActiveKey, purpose, salt);
        return [(byte)ActiveKey.Length, .. Encoding.ASCII.GetBytes(ActiveKey), .. salt, .. key.Seal(clear, [])];
    }

    /// <exception cref="CryptographicException">The box was changed, or is for another purpose, or its key is not in the ring.</exception>
    public byte[] Open(string purpose, ReadOnlySpan<byte> box)
    {
        if (box.Length == 0 || box.Length < 1 + box[0] + SaltSize) throw new CryptographicException("The sealed data is truncated.");
        var id = Encoding.ASCII.GetString(box.Slice(1, box[0]));
        if (!keys.ContainsKey(id)) throw new CryptographicException("The sealed data has a key that is not in the ring.");
        using var key = Derive(id, purpose, box.Slice(1 + box[0], SaltSize));
        return key.Open(box[(1 + box[0] + SaltSize)..], []);
    }

    internal byte[] Wrap(DataKeyName name, ReadOnlySpan<byte> dataKey) => keys[ActiveKey].Seal(dataKey, BoundTo(ActiveKey, name));

    /// <exception cref="KeyRingException">The ring lacks the key that wrapped it.</exception>
    internal byte[] Unwrap(string ringKey, DataKeyName name, ReadOnlySpan<byte> wrapped) =>
        keys.TryGetValue(ringKey, out var key)
            ? key.Open(wrapped, BoundTo(ringKey, name))
            : throw new KeyRingException($"A data key is wrapped by the ring key \"{ringKey}\", which is not in this ring. {KnownKeys}");

    /// <summary>A value that differs between keys and reveals nothing of the key.</summary>
    internal byte[] CheckValue(string id) =>
        HMACSHA256.HashData(keys[id].Material, AdditionalData.Create("ring-key-check", id))[..CheckSize];

    private AesKey Derive(string id, string purpose, ReadOnlySpan<byte> salt)
    {
        var material = new byte[AesKey.Size];
        HKDF.DeriveKey(HashAlgorithmName.SHA256, keys[id].Material, material, salt, AdditionalData.Create("ring-box", id, purpose));
        return new AesKey(material);
    }

    private static byte[] BoundTo(string ringKey, DataKeyName name) =>
        AdditionalData.Create("data-key", ringKey, name.Scope, name.Workspace, name.Name);

    private static string Checked(string id, byte[] material)
    {
        if (!Id().IsMatch(id))
            throw new KeyRingException(
                "Vault:Keys contains an invalid key id. Allowed are letters, digits, dot, dash and underscore, at most 40.");
        return material.Length == AesKey.Size
            ? id
            : throw new KeyRingException($"The key \"{id}\" of the ring has {material.Length} bytes; it must have {AesKey.Size}.");
    }

    // An invalid id may be a key in the wrong place, so it is not quoted.
    private static string Quote(string id) => Id().IsMatch(id) ? $"\"{id}\"" : "an invalid key id";

    private void ThrowIfDuplicate()
    {
        var duplicates = keys
            .GroupBy(pair => Convert.ToHexString(SHA256.HashData(pair.Value.Material)), pair => pair.Key)
            .FirstOrDefault(ids => ids.Count() > 1);
        if (duplicates is not null)
            throw new KeyRingException(
                $"The keys {string.Join(" and ", duplicates)} of the ring are identical. Create a new key for a new id.");
    }

    [GeneratedRegex("^[a-z0-9][a-z0-9._-]{0,39}\\z")]
    private static partial Regex Id();
}

/// <summary>The key ring cannot be used. The message says what to correct and contains no key.</summary>
public sealed class KeyRingException(string message) : Exception(message);
