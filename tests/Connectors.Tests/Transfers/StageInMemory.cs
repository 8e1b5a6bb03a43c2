using System.Text.Json;
using Connections.Connectors;
using Connections.Domain;

namespace Connectors.Tests.Transfers;

/// <summary>The stage of one activity, which its attempts share.</summary>
internal sealed class StageInMemory : IStage
{
    public JsonElement? Current { get; private set; }

    public bool Resumable { get; private set; }

    public List<StageProgress?> Progress { get; } = [];

    public Task Save(JsonElement state, StageProgress? progress, bool resumable, CancellationToken ct)
    {
        (Current, Resumable) = (state.Clone(), resumable);
        Progress.Add(progress);
        return Task.CompletedTask;
    }
}
