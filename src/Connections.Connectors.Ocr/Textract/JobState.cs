using System.Text.Json;
using Connections.Connectors.Catalogue;

namespace Connections.Connectors.Textract;

/// <summary>The stage of a job: the document is in the bucket.</summary>
/// <param name="Name">The name of the document, which may be empty.</param>
/// <param name="Job">The id of the job; null before it is started.</param>
/// <param name="Next">The token of the page of the result that is read next; null: the first.</param>
internal sealed record JobState(
    string Bucket, string Key, string Name, string? Job = null, DateTimeOffset StartedAt = default, string? Next = null)
{
    /// <summary>The parts of the result that were read before, as <see cref="Ocr.ResultParts{T}"/> keeps them.</summary>
    public IReadOnlyList<Guid> Parts { get; init; } = [];

    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>The last page of the document that was read.</summary>
    public int Reached { get; init; }

    public JsonElement Serialize() => JsonSerializer.SerializeToElement(this);

    /// <summary>Null: there is no job yet. An upload to the bucket may be under way, which has a stage of its own.</summary>
    public static JobState? Find(IStage? stage) =>
        stage?.Current is { } stored && Json.Given(stored, nameof(Key)) is not null ? stored.Deserialize<JobState>() : null;
}
