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

    /// <summary>Called before each state is stored; an exception of it is that of the stage.</summary>
    public Action<StageProgress?>? Saving { get; set; }

    public Task Save(JsonElement state, StageProgress? progress, bool resumable, CancellationToken ct)
    {
        Saving?.Invoke(progress);
        (Current, Resumable) = (state.Clone(), resumable);
        Progress.Add(progress);
        return Task.CompletedTask;
    }
}
