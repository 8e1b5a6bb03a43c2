using System.Text;
using System.Text.Json;
using Connections.Credentials.Sealing;
using Connections.Domain;

namespace Connections.Operations.Activities;

/// <summary>Seals the input, the output and the error message of an activity, each under a subject of its own.</summary>
public sealed class ActivitySeals(ISeals seals)
{
    public Task<string> SealInput(ActivityId activity, JsonElement input, CancellationToken ct) =>
        seals.Seal(activity.Workspace, Input(activity), JsonSerializer.SerializeToUtf8Bytes(input), ct);

    public Task<string> SealOutput(ActivityId activity, JsonElement output, CancellationToken ct) =>
        seals.Seal(activity.Workspace, Output(activity), JsonSerializer.SerializeToUtf8Bytes(output), ct);

    public Task<string> SealWords(ActivityId activity, string words, CancellationToken ct) =>
        seals.Seal(activity.Workspace, Words(activity), Encoding.UTF8.GetBytes(words), ct);

    /// <summary>Null once the key of the month was destroyed.</summary>
    public Task<JsonElement?> OpenInput(ActivityId activity, string input, CancellationToken ct) =>
        Open(activity.Workspace, Input(activity), input, ct);

    /// <summary>Null without an output, or once the key of the month was destroyed.</summary>
    public async Task<JsonElement?> OpenOutput(ActivityId activity, string? output, CancellationToken ct) =>
        output is null ? null : await Open(activity.Workspace, Output(activity), output, ct);

    /// <summary>The connector's own message where it can be decrypted, else the published message.</summary>
    public async Task<string> OpenWords(ActivityId activity, string? sealedMessage, string message, CancellationToken ct) =>
        sealedMessage is not null && await seals.Open(activity.Workspace, Words(activity), sealedMessage, ct) is { } clear
            ? Encoding.UTF8.GetString(clear)
            : message;

    private async Task<JsonElement?> Open(string workspace, string subject, string sealedText, CancellationToken ct) =>
        await seals.Open(workspace, subject, sealedText, ct) is { } clear ? JsonSerializer.Deserialize<JsonElement>(clear) : null;

    private static string Input(ActivityId activity) => $"{activity.Value}:input";

    private static string Output(ActivityId activity) => $"{activity.Value}:output";

    private static string Words(ActivityId activity) => $"{activity.Value}:error";
}
