using System.Text.Json;
using Connections.Connectors;
using Connections.Credentials.Vault;
using Connections.Domain;
using Connections.Domain.Activity;
using EventSourcing;

namespace Activities.Worker;

/// <summary>
/// The stage of a running attempt. The state is put into the vault, and an event names its entry. The entry before is removed with the next
/// one, and the last one when the activity ends; the sweep of the vault removes what a crash leaves.
/// </summary>
internal sealed class AttemptStage(
    ActivityStreams activities, IVault vault, RetryUntilStored retry, Attempt attempt, ConnectionId connection, ILogger log)
    : IStage, IDisposable
{
    private readonly SemaphoreSlim turn = new(1, 1); // a call that the runner gave up may still run
    private Loaded<ActivityState>? at;
    private string? replaced;
    private bool lost;

    public JsonElement? Current { get; private set; }

    public bool Resumable => !lost && Current is not null && at?.State.Stage is { Resumable: true };

    /// <summary>The attempt as the last append of this process left it.</summary>
    public Loaded<ActivityState> At => at!;

    /// <summary>Reads what an earlier attempt stored. Call it before the attempt is started.</summary>
    /// <returns>False if an event names a state that the vault does not have.</returns>
    public async Task<bool> Open(ActivityState state, CancellationToken ct)
    {
        if (state.Stage is not { } stage || stage.ConnectionId != connection.Value) return true; // begin anew over another connection
        if (await vault.Get(connection, stage.Entry, ct) is not { } stored) return false;
        Current = JsonSerializer.Deserialize<JsonElement>(stored.Reveal().Span);
        return true;
    }

    public void Begin(Loaded<ActivityState> started) => at = started;

    public async Task Save(JsonElement state, StageProgress? progress, bool resumable, CancellationToken ct)
    {
        await turn.WaitAsync(ct);
        try
        {
            var entry = StageEntry.Create(attempt.Activity, Guid.NewGuid());
            var saved = new SaveStage(At.State.Attempts, entry, connection.Value, resumable, progress);
            if (!lost) await retry.Run(async () => lost = !await (IsStored(saved, state) ? Runs(ct) : TrySave(saved, state, ct)), log, ct);
            if (lost) throw new AttemptLostException();
            Current = state;
        }
        finally
        {
            turn.Release();
        }
    }

    /// <summary>Removes the stored states of an activity that has ended.</summary>
    public async Task Forget(CancellationToken ct)
    {
        if (replaced is { } before) await vault.Remove(connection, before, ct);
        if (At.State.Stage is { } last && last.ConnectionId == connection.Value) await vault.Remove(connection, last.Entry, ct);
    }

    public void Dispose() => turn.Dispose();

    // Each try of an upload names the place from which it goes on.
    private bool IsStored(SaveStage saved, JsonElement state) => Current is { } current && JsonElement.DeepEquals(current, state)
        && At.State.Stage is { } stage && (stage.ConnectionId, stage.Resumable, stage.Progress) == (saved.ConnectionId, saved.Resumable, saved.Progress);

    private async Task<bool> Runs(CancellationToken ct)
    {
        var now = (await activities.Load(attempt.Context.Activity(attempt.Activity), ct)).State;
        return now.Status == ActivityStatus.Running && now.Attempts == At.State.Attempts;
    }

    private async Task<bool> TrySave(SaveStage saved, JsonElement state, CancellationToken ct)
    {
        try
        {
            await vault.Put(connection, saved.Entry, new Secret(JsonSerializer.SerializeToUtf8Bytes(state)), ct);
        }
        catch (VaultDestroyedException)
        {
            return true; // the connection was deleted: this attempt may finish, and no other one follows
        }

        if (replaced is { } before) await vault.Remove(connection, before, ct);
        var live = At.State.Stage?.ConnectionId == connection.Value ? At.State.Stage.Entry : null;
        if (!await TryAppend(saved, ct)) return false;
        replaced = live;
        return true;
    }

    private async Task<bool> TryAppend(SaveStage saved, CancellationToken ct)
    {
        try
        {
            at = await activities.Append(At, saved, attempt.Context.Metadata, ct);
            return true;
        }
        catch (StreamConflictException)
        {
            // Either the answer to an append of this process was lost, or the attempt was judged as lost.
            var now = await activities.Load(attempt.Context.Activity(attempt.Activity), ct);
            if (now.State is not { Status: ActivityStatus.Running } || now.State.Attempts != saved.Attempt) return false;
            at = now;
            if (now.State.Stage?.Entry != saved.Entry) at = await activities.Append(now, saved, attempt.Context.Metadata, ct);
            return true;
        }
    }
}
