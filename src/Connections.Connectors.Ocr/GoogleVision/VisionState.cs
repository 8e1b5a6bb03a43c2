using System.Text.Json;

namespace Connections.Connectors.GoogleVision;

/// <summary>The stage of a document that is read in windows.</summary>
/// <param name="Total">The pages of the document.</param>
/// <param name="Done">How many of the pages to read are read.</param>
/// <param name="Parts">The pages that were read, as <see cref="Ocr.ResultParts{T}"/> keeps them.</param>
internal sealed record VisionState(int Total, int Done, IReadOnlyList<Guid> Parts, IReadOnlyList<string> Warnings)
{
    public static VisionState Begin { get; } = new(0, 0, [], []);

    public JsonElement Serialize() => JsonSerializer.SerializeToElement(this);

    public static VisionState Find(IStage? stage) => stage?.Current?.Deserialize<VisionState>() ?? Begin;
}
