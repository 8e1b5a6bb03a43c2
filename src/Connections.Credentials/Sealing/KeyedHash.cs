using System.Security.Cryptography;
using Connections.Credentials.Keys;

namespace Connections.Credentials.Sealing;

internal sealed class KeyedHash(DataKeys keys) : IKeyedHash
{
    public async Task<string> Hash(string workspace, string purpose, ReadOnlyMemory<byte> value, CancellationToken ct)
    {
        using var key = await keys.FindOrMake(DataKeyName.ForHashes(workspace), ct)
            ?? throw new InvalidOperationException(
                $"The hash key of workspace {workspace} was destroyed, or does not open. The service never does that: restore the vault.");
        using var hash = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, key.Material);
        hash.AppendData(AdditionalData.Create(purpose));
        hash.AppendData(value.Span);
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
