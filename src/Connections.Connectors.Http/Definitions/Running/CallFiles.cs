using Connections.Connectors.Definitions.Expressions;
using Connections.Connectors.Definitions.Model;
using Connections.Connectors.Files;
using Connections.Domain;
using Newtonsoft.Json.Linq;

namespace Connections.Connectors.Definitions.Running;

/// <summary>Opens the files that requests send.</summary>
/// <param name="store">Null where there is no file store.</param>
internal sealed class CallFiles(Func<IFileStore?> store)
{
    private readonly GivenFiles files = new(store);

    /// <summary>Null: there is no store.</summary>
    public IFileStore? Store => files.Store;

    /// <summary>The file that the request sends, which is then readable as <c>file</c>. Null: it sends none.</summary>
    /// <exception cref="ExpressionFault">The expression cannot be applied to these values.</exception>
    public async Task<(OpenFile? File, ConnectorResult.Failed? Failure)> Open(Call call, Operation operation, CancellationToken ct)
    {
        if (operation.Body is not Payload.File body) return (null, null);
        var given = body.Value.Evaluate(call.Roots) as JObject;
        var (file, failure) = await files.Open(
            call.Use.Workspace, Text(given, "id"), Text(given, "base64"), Text(given, "name"), Text(given, "contentType"), ct);
        if (file is null) return (null, failure);
        if (file.File.Size > body.MaxBytes)
        {
            await file.DisposeAsync();
            return (null, new ConnectorResult.Failed(
                FailureKind.InvalidInput,
                $"The file has {file.File.Size} bytes; {call.Definition.Entry.Name} takes at most {body.MaxBytes} bytes in one request. Send a smaller file.",
                Delivered.No, Answered: true));
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

    private static string? Text(JObject? given, string name) =>
        given?[name] is { Type: JTokenType.String } text && (string?)text is { Length: > 0 } value ? value : null;
}
