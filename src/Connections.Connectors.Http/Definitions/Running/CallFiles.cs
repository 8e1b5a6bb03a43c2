using System.Security.Cryptography;
using Connections.Connectors.Definitions.Expressions;
using Connections.Connectors.Definitions.Model;
using Connections.Connectors.Files;
using Connections.Domain;
using EventSourcing;
using Newtonsoft.Json.Linq;

namespace Connections.Connectors.Definitions.Running;

/// <summary>Opens the files that requests send.</summary>
/// <param name="store">Null where there is no file store.</param>
internal sealed class CallFiles(Func<IFileStore?> store)
{
    private const int MaxInPlace = 128 * 1024;

    /// <summary>Null: there is no store.</summary>
    public IFileStore? Store => store();

    /// <summary>The file that the request sends, which is then readable as <c>file</c>. Null: it sends none.</summary>
    /// <exception cref="ExpressionFault">The expression cannot be applied to these values.</exception>
    public async Task<(OpenFile? File, ConnectorResult.Failed? Failure)> Open(Call call, Operation operation, CancellationToken ct)
    {
        if (operation.Body is not Payload.File body) return (null, null);
        var given = body.Value.Evaluate(call.Roots) as JObject;
        var (id, base64) = (Text(given, "id"), Text(given, "base64"));
        if ((id is null) == (base64 is null))
            return (null, Wrong("Give one file: {id} of a file of the file store, or {name, base64}."));
        var (file, failure) = id is null ? InPlace(given!, base64!) : await Stored(call.Use.Workspace, id, ct);
        if (file is null) return (null, failure);
        if (file.File.Size > body.MaxBytes)
        {
            await file.DisposeAsync();
            return (null, Wrong(
                $"The file has {file.File.Size} bytes; {call.Definition.Entry.Name} takes at most {body.MaxBytes} bytes in one request. Send a smaller file."));
        }

        call.Set("file", Describe(file.File));
        return (file, null);
    }

    public static JObject Describe(StoredFile file)
    {
        var described = new JObject
        {
            ["name"] = file.Name,
            ["size"] = file.Size,
            ["contentType"] = file.ContentType,
            ["sha256"] = file.Sha256
        };
        if (file.Id == Guid.Empty) return described;
        described.AddFirst(new JProperty("id", file.Id.ToString()));
        described["expiresAt"] = file.ExpiresAt.UtcDateTime.ToString("O", System.Globalization.CultureInfo.InvariantCulture);
        return described;
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

    private static Delivered Maybe(Delivered delivered) => delivered == Delivered.Yes ? Delivered.Maybe : delivered;

    private static (OpenFile?, ConnectorResult.Failed?) InPlace(JObject given, string base64)
    {
        if (base64.Length > (MaxInPlace / 3 + 1) * 4)
            return (null, Wrong($"A file in place has at most {MaxInPlace / 1024} KB; upload it with POST /api/files, and give its id."));
        var bytes = new byte[base64.Length];
        if (!Convert.TryFromBase64String(base64, bytes, out var length)) return (null, Wrong("The base64 of the file is not valid."));
        var content = bytes.AsMemory(0, length).ToArray();
        var file = new StoredFile(
            Guid.Empty, Text(given, "name") ?? "file", length, Text(given, "contentType") ?? "application/octet-stream",
            Convert.ToHexStringLower(SHA256.HashData(content)), default);
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

    private static string? Text(JObject? given, string name) =>
        given?[name] is { Type: JTokenType.String } text && (string?)text is { Length: > 0 } value ? value : null;

    private static ConnectorResult.Failed Wrong(string message) => Failed(FailureKind.InvalidInput, message, Delivered.No);

    private static ConnectorResult.Failed Failed(FailureKind kind, string message, Delivered delivered) => new(kind, message, delivered, Answered: true);
}
