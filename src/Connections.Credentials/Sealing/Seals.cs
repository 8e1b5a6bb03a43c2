using System.Security.Cryptography;
using Connections.Credentials.Keys;
using Connections.Credentials.Vault;

namespace Connections.Credentials.Sealing;

internal sealed class Seals(VaultDatabase database, DataKeys keys, TimeProvider clock) : ISeals
{
    public async Task<string> Seal(string workspace, string subject, ReadOnlyMemory<byte> clear, CancellationToken ct)
    {
        var month = SealedText.Month(clock.GetUtcNow());
        using var key = await keys.FindOrMake(DataKeyName.ForMonth(workspace, month), ct)
            ?? throw new InvalidOperationException($"The key of {month} was destroyed. Check the clock of this machine.");
        return SealedText.Seal(key, month, clear.Span, BoundTo(workspace, month, subject));
    }

    public async Task<byte[]?> Open(string workspace, string subject, string sealedText, CancellationToken ct)
    {
        var month = SealedText.GetMonth(sealedText);
        var found = await keys.Find(DataKeyName.ForMonth(workspace, month), ct);
        if (found.Destroyed) return null;
        using var key = found.Key ?? throw new CryptographicException($"Workspace {workspace} never sealed anything in {month}.");
        return SealedText.Open(key, sealedText, BoundTo(workspace, month, subject));
    }

    public async Task DestroyMonthsBefore(DateTimeOffset before, CancellationToken ct)
    {
        var month = SealedText.Month(before);
        await using (var write = await database.Sql.BeginWrite(ct))
        {
            await keys.DestroyMonthsBefore(month, write, ct);
            await write.Commit(ct);
        }

        await keys.Forget(name => name.Scope == DataKeyName.Months && string.CompareOrdinal(name.Name, month) < 0, ct);
    }

    private static byte[] BoundTo(string workspace, string month, string subject) => AdditionalData.Create("sealed", workspace, month, subject);
}
