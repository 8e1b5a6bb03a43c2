using System.Text.Json;
using Connections.Domain;

namespace Connections.Connectors;

/// <summary>
/// How far the long job of one activity has come: a job id at the provider, an upload session and its offset. A later attempt goes on from
/// there, in any worker.
/// </summary>
public interface IStage
{
    /// <summary>The state that was stored last, by this attempt or an earlier one; null if there is none.</summary>
    JsonElement? Current { get; }

    /// <summary>Whether an attempt may go on from <see cref="Current"/> without doing anything twice.</summary>
    bool Resumable { get; }

    /// <summary>Replaces the stored state. Durable on return, so call it for each confirmed part and not more often.</summary>
    /// <param name="state">Stored in the vault: it may hold the address of an upload session.</param>
    /// <param name="progress">What callers see; null leaves it out.</param>
    /// <param name="resumable">
    /// True if another attempt may go on from this state whatever happens next, also when this worker is lost. Then an activity that is not
    /// repeatable runs again as well. False: after the loss of the worker, the outcome is unknown.
    /// </param>
    /// <exception cref="AttemptLostException">Another attempt has taken over, or the activity has ended. Stop.</exception>
    Task Save(JsonElement state, StageProgress? progress, bool resumable, CancellationToken ct);
}

/// <summary>The attempt was judged as lost while it ran. What it does from now on is not recorded.</summary>
public sealed class AttemptLostException() : OperationCanceledException("The attempt was judged as lost. Another one may run.");
