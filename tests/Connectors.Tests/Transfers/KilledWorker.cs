using System.Text.Json;
using Connections.Connectors;
using Connections.Domain;

namespace Connectors.Tests.Transfers;

/// <summary>
/// A worker that is killed at one of its points: before and after each save of its stage, and where others call <see cref="Reach"/>. What
/// it does there never ends.
/// </summary>
internal sealed class KilledWorker(int point) : IStage
{
    private readonly TaskCompletionSource killed = new();
    private int points;

    public Task Killed => killed.Task;

    public JsonElement? Current { get; private set; }

    public bool Resumable { get; private set; }

    /// <summary>A worker that finds the stage that this one left, and is not killed.</summary>
    public KilledWorker Successor() => new(0) { Current = Current, Resumable = Resumable };

    public async Task Reach(CancellationToken ct)
    {
        if (Interlocked.Increment(ref points) != point) return;
        killed.SetResult();
        await new TaskCompletionSource().Task.WaitAsync(ct);
    }

    public async Task Save(JsonElement state, StageProgress? progress, bool resumable, CancellationToken ct)
    {
        await Reach(ct);
        (Current, Resumable) = (state.Clone(), resumable);
        await Reach(ct);
    }
}
