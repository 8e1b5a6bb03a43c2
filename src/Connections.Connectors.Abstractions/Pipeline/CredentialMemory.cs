using Connections.Domain;

namespace Connections.Connectors.Pipeline;

/// <summary>One version of a connection's credentials.</summary>
public readonly record struct CredentialKey(string Workspace, Guid Id, int Version)
{
    public static CredentialKey From(ConnectionUse use) => new(use.Workspace, use.Id, use.CredentialVersion);

    /// <summary>Version 0 is a test of a connection that is not kept: nothing is remembered of it.</summary>
    public bool Kept => Version > 0;
}

/// <summary>
/// What this process has learnt about credentials: which are dead, which have proven good, and whose turn it is to sign in. A refused version
/// is not tried again, so that a wrong password reaches the provider once and locks no account.
/// </summary>
public sealed class CredentialMemory(TimeProvider clock)
{
    public static readonly TimeSpan IdleLimit = TimeSpan.FromMinutes(10);

    // a dead version is asked for again until its connection is mended or gone
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

    /// <summary>One at a time per credential version. Look at <see cref="Dead"/> again after getting the turn.</summary>
    public async Task<IDisposable> Turn(CredentialKey key, CancellationToken ct)
    {
        if (!key.Kept) return new Released(null);
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

    /// <summary>The refusal that killed this version, as the answer to a call that is not tried; null while it may be tried.</summary>
    public ConnectorResult.Failed? Dead(CredentialKey key)
    {
        lock (sync)
        {
            if (!records.TryGetValue(key, out var record) || record.Refusal is null) return null;
            record.Used = clock.GetTimestamp();
            return record.Refusal;
        }
    }

    public bool Proven(CredentialKey key)
    {
        lock (sync) return records.TryGetValue(key, out var record) && record.Proven;
    }

    /// <summary>They were taken. Of a call that began before they died this says nothing: dead stays dead.</summary>
    public void MarkProven(CredentialKey key)
    {
        if (!key.Kept) return;
        lock (sync)
        {
            var record = Touch(key);
            record.Proven = record.Refusal is null;
        }
    }

    public void MarkDead(CredentialKey key, ConnectorResult.Failed refusal)
    {
        if (!key.Kept) return;
        lock (sync)
        {
            var record = Touch(key);
            record.Proven = false;
            record.Refusal = refusal with { Kind = FailureKind.ReauthRequired, Delivered = Delivered.No, Attempted = false };
        }
    }

    /// <summary>The version may be tried again: somebody knows that it was mended elsewhere.</summary>
    public void Revive(CredentialKey key)
    {
        lock (sync)
            if (records.TryGetValue(key, out var record)) record.Refusal = null;
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
            var limit = record.Refusal is null ? IdleLimit : DeadLimit;
            if (record.Users == 0 && clock.GetElapsedTime(record.Used) >= limit) records.Remove(key);
        }
    }

    private sealed class Record
    {
        public SemaphoreSlim Gate { get; } = new(1);

        public int Users { get; set; }

        public long Used { get; set; }

        public bool Proven { get; set; }

        public ConnectorResult.Failed? Refusal { get; set; }
    }

    private sealed class Released(Action? release) : IDisposable
    {
        private Action? release = release;

        public void Dispose() => Interlocked.Exchange(ref release, null)?.Invoke();
    }
}
