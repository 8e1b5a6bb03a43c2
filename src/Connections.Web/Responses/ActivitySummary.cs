using System.Text.Json;
using Connections.Domain;
using Connections.Domain.Activity;

namespace Connections.Web.Responses;

/// <param name="Version">The revision of the event in its stream.</param>
/// <param name="Type">The stored name of the event.</param>
/// <param name="Attempt">The number of the attempt that the event concerns; null when it concerns none.</param>
public sealed record ActivityHistoryItem(
    long Version, string Type, DateTimeOffset At, string Actor, int? Attempt, string Summary, JsonElement Data);

/// <summary>Describes an event of an activity in one sentence for people, and with the members that callers can use.</summary>
public static class ActivitySummary
{
    /// <param name="message">The connector's message in clear; null where the event has none.</param>
    public static string Describe(ActivityEvent e, string? message) => e switch
    {
        ActivityRequested { RetryOf: { } first } r => $"Requested again, as a retry of {first}. Gives up at {Time(r.Deadline)}.",
        ActivityRequested r => $"Requested. Gives up at {Time(r.Deadline)}.",
        ActivityStarted s => $"Attempt {s.Attempt} started with credential version {s.CredentialVersion}.",
        ActivityStageSaved { Progress: { } p } => $"Came to {Progress(p)}.",
        ActivityStageSaved => "Stored how far its job has come.",
        ActivityDeferred { Kind: FailureKind.ProviderJob, Until: { } until } => $"Its job goes on. Continues at {Time(until)}.",
        ActivityDeferred { Until: { } until } d => $"Waits ({Outcome.From(d.Kind)}) until {Time(until)}: {message}",
        ActivityDeferred { Kind: FailureKind.ReauthRequired } => $"Waits for a reconnect of its connection: {message}",
        ActivityDeferred d => $"Waits ({Outcome.From(d.Kind)}): {message}",
        ActivitySucceeded { Output: null } s => $"Settled as succeeded{Note(s.Note)}",
        ActivitySucceeded s => $"Attempt {s.Attempt} succeeded.",
        ActivityFailed { Note: { } note } => $"Settled as failed{Note(note)}",
        ActivityFailed f => $"Failed ({Outcome.From(f.Kind)}): {message}",
        ActivityOutcomeUnknown u => $"The outcome of attempt {u.Attempt} is unknown ({Outcome.From(u.Kind)}): {message}",
        ActivityCancelled => "Cancelled.",
        _ => throw new System.Diagnostics.UnreachableException($"{e.GetType().Name} has no summary: add it to {nameof(ActivitySummary)}")
    };

    public static int? Attempt(ActivityEvent e) => e switch
    {
        ActivityStarted s => s.Attempt,
        ActivityStageSaved s => s.Attempt,
        ActivityDeferred { Attempts: > 0 } d => d.Attempts,
        ActivitySucceeded s => s.Attempt,
        ActivityFailed { Attempts: > 0 } f => f.Attempts,
        ActivityOutcomeUnknown u => u.Attempt,
        ActivityCancelled { Attempts: > 0 } c => c.Attempts,
        ActivityRequested or ActivityDeferred or ActivityFailed or ActivityCancelled => null,
        _ => throw new System.Diagnostics.UnreachableException($"{e.GetType().Name} has no summary: add it to {nameof(ActivitySummary)}")
    };

    /// <summary>The message of a failure, and its sealed form; null for events without a failure.</summary>
    public static (string Message, string? SealedMessage)? Failure(ActivityEvent e) => e switch
    {
        ActivityDeferred d => (d.Message, d.SealedMessage),
        ActivityFailed f => (f.Message, f.SealedMessage),
        ActivityOutcomeUnknown u => (u.Message, u.SealedMessage),
        ActivityRequested or ActivityStarted or ActivityStageSaved or ActivitySucceeded or ActivityCancelled => null,
        _ => throw new System.Diagnostics.UnreachableException($"{e.GetType().Name} has no summary: add it to {nameof(ActivitySummary)}")
    };

    /// <summary>The members of the event without what is sealed or internal.</summary>
    public static JsonElement Data(ActivityEvent e, string? message) => JsonSerializer.SerializeToElement<object>(
        e switch
        {
            ActivityRequested r => new { r.Activity, r.ConnectionId, r.Connector, r.ConnectionName, r.Deadline, r.TimeoutSeconds, r.OnReauth, r.Caller, r.Via, r.RetryOf },
            ActivityStarted s => new { s.Worker, s.RunUntil, s.ConnectionId, s.Connector, s.CredentialVersion, s.Repeatable, s.Definition },
            ActivityStageSaved s => new { s.Resumable, s.Progress },
            ActivityDeferred d => new { Kind = Outcome.From(d.Kind), Message = message, NextAttemptAt = d.Until, d.ConnectionId, d.CredentialVersion },
            ActivitySucceeded s => new { s.Note },
            ActivityFailed f => new { Kind = Outcome.From(f.Kind), Message = message, f.Note },
            ActivityOutcomeUnknown u => new { Kind = Outcome.From(u.Kind), Message = message },
            ActivityCancelled => new { },
            _ => throw new System.Diagnostics.UnreachableException($"{e.GetType().Name} has no summary: add it to {nameof(ActivitySummary)}")
        },
        Json.Options);

    private static string Progress(StageProgress p) => p.Total is { } total ? $"{p.Done} of {total} {p.Unit}" : $"{p.Done} {p.Unit}";

    private static string Note(string? note) => string.IsNullOrWhiteSpace(note) ? "." : $": {note}";

    private static string Time(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", System.Globalization.CultureInfo.InvariantCulture);
}
