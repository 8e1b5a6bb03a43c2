using System.Text;
using System.Text.Json;
using Connections.Credentials.Sealing;

namespace Connections.Operations.Activities;

/// <summary>Seals the input, the output and the error message of an activity, each under a subject of its own.</summary>
public sealed class ActivitySeals(ISeals seals)
{
    public Task<string> SealInput(string workspace, Guid activity, JsonElement input, CancellationToken ct) =>
        seals.Seal(workspace, Input(activity), JsonSerializer.SerializeToUtf8Bytes(input), ct);

    public Task<string> SealOutput(string workspace, Guid activity, JsonElement output, CancellationToken ct) =>
        seals.Seal(workspace, Output(activity), JsonSerializer.SerializeToUtf8Bytes(output), ct);

    public Task<string> SealWords(string workspace, Guid activity, string words, CancellationToken ct) =>
        seals.Seal(workspace, Words(activity), Encoding.UTF8.GetBytes(words), ct);

    /// <summary>Null once the key of the month was destroyed.</summary>
    public Task<JsonElement?> OpenInput(string workspace, Guid activity, string input, CancellationToken ct) =>
        Open(workspace, Input(activity), input, ct);

    /// <summary>Null without an output, or once the key of the month was destroyed.</summary>
    public async Task<JsonElement?> OpenOutput(string workspace, Guid activity, string? output, CancellationToken ct) =>
        output is null ? null : await Open(workspace, Output(activity), output, ct);

    /// <summary>The connector's own message where it can be decrypted, else the published message.</summary>
    public async Task<string> OpenWords(string workspace, Guid activity, string? sealedMessage, string message, CancellationToken ct) =>
        sealedMessage is not null && await seals.Open(workspace, Words(activity), sealedMessage, ct) is { } clear
            ? Encoding.UTF8.GetString(clear)
            : message;

    private async Task<JsonElement?> Open(string workspace, string subject, string sealedText, CancellationToken ct) =>
        await seals.Open(workspace, subject, sealedText, ct) is { } clear ? JsonSerializer.Deserialize<JsonElement>(clear) : null;

    private static string Input(Guid activity) => $"{activity}:input";

    private static string Output(Guid activity) => $"{activity}:output";

    private static string Words(Guid activity) => $"{activity}:error";
}
