using System.Security.Cryptography;
using System.Text.Json;
using Connections.Connectors.Catalogue;
using Connections.Connectors.Files;

namespace Connections.Connectors.Drives;

/// <summary>Opens the file that an upload sends: one of the file store, or a small one in the input.</summary>
internal static class GivenFile
{
    private const int MaxInPlace = 128 * 1024;

    /// <exception cref="DriveException">The input names no file.</exception>
    /// <exception cref="EventSourcing.RejectedException">The store has no such file.</exception>
    public static async Task<OpenFile> Open(IFileStore? files, string workspace, JsonElement given, CancellationToken ct)
    {
        var (id, base64) = (Json.Given(given, "id"), Json.Text(given, "base64"));
        if ((id is null) == (base64 is null))
            throw DriveException.Wrong("Give one file: {id} of a file of the file store, or {name, base64}.");
        if (base64 is not null) return InPlace(given, base64);
        if (files is null) throw DriveException.Wrong("There is no file store here; give the file as {name, base64}.");
        return Guid.TryParse(id, out var known)
            ? await files.Open(workspace, known, ct)
            : throw DriveException.Wrong("There is no such file: its id is none of the file store.");
    }

    private static OpenFile InPlace(JsonElement given, string base64)
    {
        if (base64.Length > (MaxInPlace / 3 + 1) * 4)
            throw DriveException.Wrong(
                $"A file in place has at most {MaxInPlace / 1024} KB; upload it with POST /api/files, and give its id.");
        var bytes = new byte[base64.Length];
        if (!Convert.TryFromBase64String(base64, bytes, out var length)) throw DriveException.Wrong("The base64 of the file is not valid.");
        var content = bytes.AsMemory(0, length).ToArray();
        var file = new StoredFile(
            Guid.Empty, Json.Given(given, "name") ?? "file", length, Json.Given(given, "contentType") ?? "application/octet-stream",
            Convert.ToHexStringLower(SHA256.HashData(content)), default);
        return new OpenFile(file, new MemoryStream(content, writable: false));
    }
}
