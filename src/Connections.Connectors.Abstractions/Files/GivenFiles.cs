using System.Security.Cryptography;
using System.Text.Json;
using Connections.Connectors.Catalogue;
using Connections.Domain;
using EventSourcing;

namespace Connections.Connectors.Files;

/// <summary>Opens the files that inputs give, as <c>{id}</c> of the file store or as <c>{name, base64}</c>, and describes stored files.</summary>
/// <param name="store">Null where there is no file store.</param>
internal sealed class GivenFiles(Func<IFileStore?> store)
{
    private const int MaxInPlace = 128 * 1024;

    /// <summary>Null: there is no store.</summary>
    public IFileStore? Store => store();

    public Task<(OpenFile? File, ConnectorResult.Failed? Failure)> Open(string workspace, JsonElement given, CancellationToken ct) => Open(
        workspace, Json.Given(given, "id"), Json.Given(given, "base64"), Json.Given(given, "name"), Json.Given(given, "contentType"), ct);

    public async Task<(OpenFile? File, ConnectorResult.Failed? Failure)> Open(
        string workspace, string? id, string? base64, string? name, string? contentType, CancellationToken ct)
    {
        if ((id is null) == (base64 is null)) return (null, Wrong("Give one file: {id} of a file of the file store, or {name, base64}."));
        return id is null ? InPlace(base64!, name, contentType) : await Stored(workspace, id, ct);
    }

    public static JsonElement Describe(StoredFile file) => Json.Object(writer =>
    {
        writer.WriteStartObject("file");
        writer.WriteString("id", file.Id);
        writer.WriteString("name", file.Name);
        writer.WriteNumber("size", file.Size);
        writer.WriteString("contentType", file.ContentType);
        writer.WriteString("sha256", file.Sha256);
        writer.WriteString("expiresAt", file.ExpiresAt.UtcDateTime);
        writer.WriteEndObject();
    });

    /// <param name="delivered">What is known if the fault is none of the store itself.</param>
    public static ConnectorResult.Failed Failure(Exception fault, Delivered delivered) => fault switch
    {
        RejectedException { Code: "file.not-configured" } => Failed(FailureKind.Operator, fault.Message, delivered),
        RejectedException { Code: "file.store-full" } => Failed(FailureKind.Unavailable, fault.Message, Maybe(delivered)),
        RejectedException => Failed(FailureKind.InvalidInput, fault.Message, delivered),
        _ => Failed(FailureKind.Unavailable, "The file store cannot be used at the moment.", Maybe(delivered))
    };

    public static bool IsOfStore(Exception fault) => fault is RejectedException or FileStoreUnavailableException;

    private static Delivered Maybe(Delivered delivered) => delivered == Delivered.Yes ? Delivered.Maybe : delivered;

    private static (OpenFile?, ConnectorResult.Failed?) InPlace(string base64, string? name, string? contentType)
    {
        if (base64.Length > (MaxInPlace / 3 + 1) * 4)
            return (null, Wrong($"A file in place has at most {MaxInPlace / 1024} KB; upload it with POST /api/files, and give its id."));
        var bytes = new byte[base64.Length];
        if (!Convert.TryFromBase64String(base64, bytes, out var length)) return (null, Wrong("The base64 of the file is not valid."));
        var content = bytes.AsMemory(0, length).ToArray();
        var file = new StoredFile(
            Guid.Empty, name ?? "file", length, contentType ?? "application/octet-stream", Convert.ToHexStringLower(SHA256.HashData(content)), default);
        return (new OpenFile(file, new MemoryStream(content, writable: false)), null);
    }

    private async Task<(OpenFile?, ConnectorResult.Failed?)> Stored(string workspace, string id, CancellationToken ct)
    {
        if (Store is not { } files) return (null, Wrong("There is no file store here; give the file as {name, base64}."));
        if (!Guid.TryParse(id, out var known)) return (null, Wrong("There is no such file: its id is none of the file store."));
        try
        {
            return (await files.Open(workspace, known, ct), null);
        }
        catch (Exception fault) when (IsOfStore(fault))
        {
            return (null, Failure(fault, Delivered.No));
        }
    }

    private static ConnectorResult.Failed Wrong(string message) => Failed(FailureKind.InvalidInput, message, Delivered.No);

    private static ConnectorResult.Failed Failed(FailureKind kind, string message, Delivered delivered) => new(kind, message, delivered, Answered: true);
}
