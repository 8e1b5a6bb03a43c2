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

    public int Limit => FileActivities.Limit(Input);

    public bool Replaces => FileActivities.Replace(Input);

    public static bool Is(JsonElement members, string name) => Json.Member(members, name).ValueKind == JsonValueKind.True;

    /// <summary>Stores the body of a response as a file.</summary>
    /// <exception cref="DriveException">There is no file store.</exception>
    public Task<IFileWriter> CreateFile(string name, string? contentType, long? size, CancellationToken ct) =>
        (Files ?? throw new DriveException(FileActivities.NoStore)).Create(Use.Workspace, new NewFile(name, contentType, size), ct);
}
