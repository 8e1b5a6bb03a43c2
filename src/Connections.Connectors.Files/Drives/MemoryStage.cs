using System.Text.Json;
using Connections.Domain;

namespace Connections.Connectors.Drives;

/// <summary>The stage of a call that no activity makes: it ends with the call.</summary>
internal sealed class MemoryStage : IStage
{
    public JsonElement? Current { get; private set; }

    public bool Resumable => false;

    public Task Save(JsonElement state, StageProgress? progress, bool resumable, CancellationToken ct)
    {
        Current = state;
        return Task.CompletedTask;
    }
}
