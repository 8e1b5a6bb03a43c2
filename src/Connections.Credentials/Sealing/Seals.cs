using System.Security.Cryptography;
using Connections.Credentials.Keys;
using Connections.Credentials.Vault;

namespace Connections.Credentials.Sealing;

internal sealed class Seals(VaultDatabase database, DataKeys keys, TimeProvider clock) : ISeals
{
    public async Task<string> Seal(string workspace, string subject, ReadOnlyMemory<byte> clear, CancellationToken ct)
    {
        var (name, key) = await CurrentKey(workspace, ct);
        using (key) return SealedText.Seal(key, name, clear.Span, BoundTo(workspace, name, subject));
    }

    public async Task<byte[]?> Open(string workspace, string subject, string sealedText, CancellationToken ct)
    {
        var name = SealedText.GetKey(sealedText).ToString();
        var found = await keys.Find(DataKeyName.ForMonth(workspace, name), ct);
        if (found.Destroyed) return null;
        using var key = found.Key ?? throw new CryptographicException($"The key {name} of workspace {workspace} is missing or does not open.");
        return SealedText.Open(key, sealedText, BoundTo(workspace, name, subject));
    }

    public async Task DestroyMonthsBefore(DateTimeOffset before, CancellationToken ct)
    {
        var month = MonthKey.First(before).ToString();
        await using (var write = await database.Sql.BeginWrite(ct))
        {
            await keys.DestroyMonthsBefore(month, write, ct);
            await write.Commit(ct);
        }

        await keys.Forget(name => name.Scope == DataKeyName.Months && string.CompareOrdinal(name.Name, month) < 0, ct);
    }

    // The first key of this month is missing only if it was destroyed under a wrong clock, or if its row was changed. Then a later key that
    // the workspace has is used, or a further key of this month is created.
    private async Task<(string Name, AesKey Key)> CurrentKey(string workspace, CancellationToken ct)
    {
        var first = MonthKey.First(clock.GetUtcNow());
        for (var current = first; ; current = await keys.NextOf(workspace, first, current, ct))
        {
            var name = current.ToString();
            if (await keys.FindOrMake(DataKeyName.ForMonth(workspace, name), ct) is { } key) return (name, key);
        }
    }

    private static byte[] BoundTo(string workspace, string keyName, string subject) =>
        AdditionalData.Create("sealed", workspace, keyName, subject);
}
