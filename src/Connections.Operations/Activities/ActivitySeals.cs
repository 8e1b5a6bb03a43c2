using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Connections.Credentials.Sealing;
using Connections.Domain;
using Microsoft.Extensions.Logging;

namespace Connections.Operations.Activities;

/// <summary>
/// Seals the input, the output and the error message of an activity, each under a subject of its own. What does not open, because the stored
/// data was changed, is shown as that.
/// </summary>
public sealed class ActivitySeals(ISeals seals, ILogger<ActivitySeals> log)
{
    private const string Cause = "The stored data was changed. Restore the log and the vault from a backup, or request the activity again.";

    public Task<string> SealInput(ActivityId activity, JsonElement input, CancellationToken ct) =>
        seals.Seal(activity.Workspace, Input(activity), JsonSerializer.SerializeToUtf8Bytes(input), ct);

    public Task<string> SealOutput(ActivityId activity, JsonElement output, CancellationToken ct) =>
        seals.Seal(activity.Workspace, Output(activity), JsonSerializer.SerializeToUtf8Bytes(output), ct);

    public Task<string> SealWords(ActivityId activity, string words, CancellationToken ct) =>
        seals.Seal(activity.Workspace, Words(activity), Encoding.UTF8.GetBytes(words), ct);

    /// <summary>The input, or the reason why there is none.</summary>
    public async Task<(JsonElement? Input, string? Problem)> OpenInput(ActivityId activity, string input, CancellationToken ct) =>
        await Open(activity, Input(activity), input, ct) switch
        {
            { Clear: { } clear } => (JsonSerializer.Deserialize<JsonElement>(clear), null),
            { Destroyed: true } => (null, "The input was destroyed when its retention period ended."),
            _ => (null, $"The input cannot be decrypted. {Cause}")
        };

    /// <summary>The input to show: null once its key was destroyed.</summary>
    public async Task<JsonElement?> ShowInput(ActivityId activity, string input, CancellationToken ct) =>
        Show("input", await Open(activity, Input(activity), input, ct));

    /// <summary>The output to show: null without an output, or once its key was destroyed.</summary>
    public async Task<JsonElement?> ShowOutput(ActivityId activity, string? output, CancellationToken ct) =>
        output is null ? null : Show("output", await Open(activity, Output(activity), output, ct));

    /// <summary>The connector's own message where it can be decrypted, else the published message.</summary>
    public async Task<string> OpenWords(ActivityId activity, string? sealedMessage, string message, CancellationToken ct) =>
        sealedMessage is null ? message : await Open(activity, Words(activity), sealedMessage, ct) switch
        {
            { Clear: { } clear } => Encoding.UTF8.GetString(clear),
            { Destroyed: true } => message,
            _ => $"The message cannot be decrypted. {Cause}"
        };

    private static JsonElement? Show(string part, Opened opened) => opened switch
    {
        { Clear: { } clear } => JsonSerializer.Deserialize<JsonElement>(clear),
        { Destroyed: true } => null,
        _ => JsonSerializer.SerializeToElement(new { unreadable = $"The {part} cannot be decrypted. {Cause}" })
    };

    private async Task<Opened> Open(ActivityId activity, string subject, string sealedText, CancellationToken ct)
    {
        try
        {
            var clear = await seals.Open(activity.Workspace, subject, sealedText, ct);
            return new Opened(clear, Destroyed: clear is null);
        }
        catch (Exception changed) when (changed is CryptographicException or FormatException)
        {
            log.LogError("The stored text {Subject} of workspace {Workspace} does not open: the stored data was changed", subject, activity.Workspace);
            return new Opened(null, Destroyed: false);
        }
    }

    private static string Input(ActivityId activity) => $"{activity.Value}:input";

    private static string Output(ActivityId activity) => $"{activity.Value}:output";

    private static string Words(ActivityId activity) => $"{activity.Value}:error";

    /// <param name="Clear">Null where it was destroyed or does not open.</param>
    private readonly record struct Opened(byte[]? Clear, bool Destroyed);
}
