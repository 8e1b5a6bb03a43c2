using Connections.Domain;

namespace Connections.Connectors.Pipeline;

/// <summary>One version of a connection's credentials.</summary>
public readonly record struct CredentialKey(string Workspace, Guid Id, int Version)
{
    public static CredentialKey From(ConnectionUse use) => new(use.Workspace, use.Id, use.CredentialVersion);

    /// <summary>False for version 0, a test of a connection that is not saved. Nothing is remembered about it.</summary>
    public bool IsStored => Version > 0;
}

/// <summary>
/// Remembers which credentials were rejected or proven in this process, and lets one sign-in run at a time per version. A rejected version
/// is not tried again, so that a wrong password is sent once and does not lock the account.
/// </summary>
public sealed class CredentialMemory(TimeProvider clock)
{
    public static readonly TimeSpan IdleLimit = TimeSpan.FromMinutes(10);

    // Rejected credentials stay in use until the connection is reconnected or deleted.
    public static readonly TimeSpan DeadLimit = TimeSpan.FromHours(24);

    private readonly Lock sync = new();
    private readonly Dictionary<CredentialKey, Record> records = [];
    private long swept = clock.GetTimestamp();

    public int Tracked
    {
        get
        {
            lock (sync) return records.Count;
        }
    }

    /// <summary>Waits for the exclusive right to sign in with a credential version. Check <see cref="Dead"/> again afterwards.</summary>
    public async Task<IDisposable> Turn(CredentialKey key, CancellationToken ct)
    {
        if (!key.IsStored) return new Released(null);
        Record record;
        lock (sync)
        {
            record = Touch(key);
            record.Users++;
        }

        try
        {
            await record.Gate.WaitAsync(ct);
            return new Released(() =>
            {
                record.Gate.Release();
                Leave(record);
            });
        }
        catch
        {
            Leave(record);
            throw;
        }
    }

    /// <summary>The stored rejection of this version, as the result of a call that is not made. Null if the version may be tried.</summary>
    public ConnectorResult.Failed? Dead(CredentialKey key)
    {
        lock (sync)
        {
            if (!records.TryGetValue(key, out var record) || record.Rejection is null) return null;
            record.Used = clock.GetTimestamp();
            return record.Rejection;
        }
    }

    public bool Proven(CredentialKey key)
    {
        lock (sync) return records.TryGetValue(key, out var record) && record.Proven;
    }

    /// <summary>Records that the provider accepted the credentials. A rejection stays, because the call may have begun before it.</summary>
    public void MarkProven(CredentialKey key)
    {
        if (!key.IsStored) return;
        lock (sync)
        {
            var record = Touch(key);
            record.Proven = record.Rejection is null;
        }
    }

    /// <summary>Records that a test with the credentials passed.</summary>
    /// <param name="began">The clock's timestamp from before the test.</param>
    public void MarkTested(CredentialKey key, long began)
    {
        MarkProven(key);
        if (!key.IsStored) return;
        lock (sync) Touch(key).Tested = began;
    }

    /// <summary>Whether a test passed that began at this timestamp or later.</summary>
    public bool TestedSince(CredentialKey key, long timestamp)
    {
        lock (sync) return records.TryGetValue(key, out var record) && record.Tested >= timestamp;
    }

    public void MarkDead(CredentialKey key, ConnectorResult.Failed rejection)
    {
        if (!key.IsStored) return;
        lock (sync)
        {
            var record = Touch(key);
            (record.Proven, record.Tested) = (false, null);
            record.Rejection = rejection with { Kind = FailureKind.ReauthRequired, Delivered = Delivered.No, Attempted = false };
        }
    }

    /// <summary>Allows the version again, after a reconnect elsewhere.</summary>
    public void Revive(CredentialKey key)
    {
        lock (sync)
            if (records.TryGetValue(key, out var record)) record.Rejection = null;
    }

    private Record Touch(CredentialKey key)
    {
        Sweep();
        if (!records.TryGetValue(key, out var record)) records[key] = record = new Record();
        record.Used = clock.GetTimestamp();
        return record;
    }

    private void Leave(Record record)
    {
        lock (sync) record.Users--;
    }

    private void Sweep()
    {
        if (clock.GetElapsedTime(swept) < IdleLimit) return;
        swept = clock.GetTimestamp();
        foreach (var (key, record) in records)
        {
            var limit = record.Rejection is null ? IdleLimit : DeadLimit;
            if (record.Users == 0 && clock.GetElapsedTime(record.Used) >= limit) records.Remove(key);
        }
    }

    private sealed class Record
    {
        public SemaphoreSlim Gate { get; } = new(1);

        public int Users { get; set; }

        public long Used { get; set; }

        public bool Proven { get; set; }

        public long? Tested { get; set; }

        public ConnectorResult.Failed? Rejection { get; set; }
    }

    private sealed class Released(Action? release) : IDisposable
    {
        private Action? release = release;

        public void Dispose() => Interlocked.Exchange(ref release, null)?.Invoke();
    }
}
