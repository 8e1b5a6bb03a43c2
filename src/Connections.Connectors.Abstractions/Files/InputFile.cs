using System.Security.Cryptography;
using System.Text.Json;
using Connections.Connectors.Catalogue;
using Connections.Domain;
using EventSourcing;

namespace Connections.Connectors.Files;

/// <summary>Opens the file of an activity's input: one of the file store (<c>{id}</c>), or a small one in place (<c>{name, base64}</c>).</summary>
internal static class InputFile
{
    private const int MaxInPlace = 128 * 1024;

    /// <param name="store">Null: there is no file store.</param>
    public static async Task<(OpenFile? File, ConnectorResult.Failed? Failure)> Open(
        IFileStore? store, string workspace, JsonElement given, CancellationToken ct)
    {
        var (id, base64) = (Json.Given(given, "id"), Json.Given(given, "base64"));
        if ((id is null) == (base64 is null)) return (null, Wrong("Give one file: {id} of a file of the file store, or {name, base64}."));
        if (base64 is not null) return InPlace(given, base64);
        if (store is null) return (null, Wrong("There is no file store here; give the file as {name, base64}."));
        if (!Guid.TryParse(id, out var known)) return (null, Wrong("There is no such file: its id is none of the file store."));
        try
        {
            return (await store.Open(workspace, known, ct), null);
        }
        catch (Exception fault) when (IsOfStore(fault))
        {
            return (null, Failure(fault, Delivered.No));
        }
    }

    /// <param name="delivered">What is known if the fault is none of the store itself.</param>
    public static ConnectorResult.Failed Failure(Exception fault, Delivered delivered) => fault switch
    {
        RejectedException { Code: "file.not-configured" } => Failed(FailureKind.Operator, fault.Message, delivered),
        RejectedException { Code: "file.store-full" } => Failed(FailureKind.Unavailable, fault.Message, Maybe(delivered)),
        RejectedException => Failed(FailureKind.InvalidInput, fault.Message, delivered),
        _ => Failed(FailureKind.Unavailable, "The file store cannot be used at the moment.", Maybe(delivered))
    };

    public static bool IsOfStore(Exception fault) => fault is RejectedException or FileStoreUnavailableException;

    /// <summary>The description of a stored file in an output.</summary>
    public static void Write(Utf8JsonWriter writer, StoredFile file)
    {
        writer.WriteStartObject();
        writer.WriteString("id", file.Id);
        writer.WriteString("name", file.Name);
        writer.WriteNumber("size", file.Size);
        writer.WriteString("contentType", file.ContentType);
        writer.WriteString("sha256", file.Sha256);
        writer.WriteString("expiresAt", file.ExpiresAt.UtcDateTime);
        writer.WriteEndObject();
    }

    private static (OpenFile?, ConnectorResult.Failed?) InPlace(JsonElement given, string base64)
    {
        if (base64.Length > (MaxInPlace / 3 + 1) * 4)
            return (null, Wrong($"A file in place has at most {MaxInPlace / 1024} KB; upload it with POST /api/files, and give its id."));
        var bytes = new byte[base64.Length];
        if (!Convert.TryFromBase64String(base64, bytes, out var length)) return (null, Wrong("The base64 of the file is not valid."));
        var content = bytes.AsMemory(0, length).ToArray();
        var file = new StoredFile(
            Guid.Empty, Json.Given(given, "name") ?? "file", length, Json.Given(given, "contentType") ?? "application/octet-stream",
            Convert.ToHexStringLower(SHA256.HashData(content)), default);
        return (new OpenFile(file, new MemoryStream(content, writable: false)), null);
    }

    private static Delivered Maybe(Delivered delivered) => delivered == Delivered.Yes ? Delivered.Maybe : delivered;

    private static ConnectorResult.Failed Wrong(string message) => Failed(FailureKind.InvalidInput, message, Delivered.No);

    private static ConnectorResult.Failed Failed(FailureKind kind, string message, Delivered delivered) =>
        new(kind, message, delivered, Answered: true);
}
