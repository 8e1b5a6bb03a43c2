using System.Security.Cryptography;

namespace Connections.Credentials;

internal sealed class KeyedHash(DataKeys keys) : IKeyedHash
{
    public async Task<string> Hash(string workspace, string purpose, ReadOnlyMemory<byte> value, CancellationToken ct)
    {
        using var key = await keys.FindOrMake(DataKeyName.OfHashes(workspace), ct)
            ?? throw new InvalidOperationException($"The hash key of workspace {workspace} was destroyed, which nothing here does.");
        using var hash = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, key.Material);
        hash.AppendData(AdditionalData.Of(purpose));
        hash.AppendData(value.Span);
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
