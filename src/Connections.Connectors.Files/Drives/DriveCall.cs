using System.Text.Json;
using Connections.Connectors.Catalogue;
using Connections.Connectors.Files;

namespace Connections.Connectors.Drives;

/// <summary>One activity that runs.</summary>
/// <param name="Kept">The values that the sign-in kept.</param>
internal sealed record DriveCall(
    ConnectionUse Use, DriveApi Api, JsonElement Input, IFileStore? Files, IReadOnlyDictionary<string, string> Kept, IStage Stage,
    TimeProvider Clock)
{
    public JsonElement Vendor => Json.Member(Input, "vendor");

    public int Limit => Json.Number(Input, "limit") is { } limit ? (int)limit : 100;

    public bool Replaces => Is(Input, "replace");

    public static bool Is(JsonElement members, string name) => Json.Member(members, name).ValueKind == JsonValueKind.True;

    /// <summary>Stores the body of a response as a file.</summary>
    /// <exception cref="DriveException">There is no file store.</exception>
    public Task<IFileWriter> CreateFile(string name, string? contentType, long? size, CancellationToken ct) =>
        (Files ?? throw new DriveException(new ConnectorResult.Failed(
            Domain.FailureKind.Operator, "There is no file store here, so the file was not fetched.", Domain.Delivered.No, Answered: true)))
        .Create(Use.Workspace, new NewFile(name, contentType, size), ct);
}
