using System.Text.Json;
using Connections.Connectors;
using Connections.Domain;

namespace Connectors.Tests.Drives;

/// <summary>A stage that outlives its worker. The worker can be killed directly after a save.</summary>
internal sealed class KilledStage : IStage
{
    public JsonElement? Current { get; private set; }

    public bool Resumable { get; private set; }

    public List<StageProgress> Progress { get; } = [];

    /// <summary>The save after which the worker is killed, from 1; null: none.</summary>
    public int? KilledAfter { get; set; }

    public Task Save(JsonElement state, StageProgress? progress, bool resumable, CancellationToken ct)
    {
        (Current, Resumable) = (state.Clone(), resumable);
        Progress.Add(progress!);
        if (Progress.Count != KilledAfter) return Task.CompletedTask;
        throw new KilledException();
    }
}

/// <summary>Ends the call in place of the process.</summary>
internal sealed class KilledException : Exception;
