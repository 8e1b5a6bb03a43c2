using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text.Json;
using Connections.Connectors.Catalogue;
using Connections.Credentials.Sealing;
using Connections.Domain.Activity;
using Connections.Domain.Connection;
using Connections.ReadModels.Activities;
using EventSourcing;

namespace Connections.Operations.Activities;

/// <summary>An activity as a caller submits it, by HTTP or by bus.</summary>
public sealed record ActivitySubmission(
    Guid Id,
    Guid? ConnectionId,
    string? Connector,
    string? ConnectionName,
    string? Activity,
    JsonElement? Input,
    int? DeadlineSeconds,
    int? TimeoutSeconds,
    string? OnReauth,
    Caller? Caller,
    Guid? RetryOf = null);

/// <summary>Turns a submission into the event that records it: applies default limits, seals the input and hashes the body.</summary>
public sealed class ActivityRequestFactory(ConnectorCatalogue catalogue, ActivitySeals seals, IKeyedHash hash, TimeProvider clock)
{
    public const int InputLimit = 192 * 1024;

    /// <summary>A list of activities holds inputs three levels deep, and JSON is read and written up to 64 levels.</summary>
    public const int MaxInputDepth = 60;

    private const int DefaultDeadline = 86_400;
    private const int MaxDeadline = 30 * 86_400;
    private const int DefaultTimeout = 60;
    private const int MaxTimeout = 900;

    /// <summary>Checks the request without the connector; null when it is valid.</summary>
    /// <param name="unread">Errors of fields that could not be parsed.</param>
    public static RejectedException? Problem(ActivitySubmission wanted, params IEnumerable<FieldError> unread)
    {
        var errors = unread.ToList();
        if (wanted.ConnectionId is null == wanted.Connector is null)
            errors.Add(new FieldError("connectionId", "Name the connection by connectionId, or by connection: {connector, name}."));
        if (wanted.Connector is not null && ConnectionName.Problem(wanted.ConnectionName) is { } name)
            errors.Add(new FieldError("connection.name", name));
        if (wanted.DeadlineSeconds is < 1 or > MaxDeadline)
            errors.Add(new FieldError("deadlineSeconds", $"Must be from 1 to {MaxDeadline} seconds."));
        if (wanted.TimeoutSeconds is < 1 or > MaxTimeout)
            errors.Add(new FieldError("timeoutSeconds", $"Must be from 1 to {MaxTimeout} seconds."));
        if (wanted.OnReauth is not (null or "wait" or "fail")) errors.Add(new FieldError("onReauth", "Must be wait or fail."));
        if (string.IsNullOrEmpty(wanted.Activity)) errors.Add(new FieldError("activity", "An activity is required."));
        errors.AddRange(GetTexts(wanted).Where(t => t.Text?.Length > Texts.MaxLength).Select(
            t => new FieldError(t.Field, $"Must have at most {Texts.MaxLength} characters.")));
        if (errors.Count > 0) return Invalid(errors);
        return wanted.Input is { } input ? Problem(input) : null;
    }

    /// <summary>Checks activity and input against the connector; null when they are valid.</summary>
    public RejectedException? Problem(ActivitySubmission wanted, string connector)
    {
        if (!catalogue.HasActivity(connector, wanted.Activity!))
            return new RejectedException("activity.unknown", $"The connector \"{connector}\" has no activity \"{wanted.Activity}\".");
        var input = catalogue.CheckInput(connector, wanted.Activity!, wanted.Input ?? Empty);
        return input.Count > 0 ? Invalid(input) : null;
    }

    /// <summary>Creates the event, also for a rejected activity. Texts are cut to what the log may hold.</summary>
    /// <param name="connector">Null where neither the connection nor the request names it.</param>
    public async Task<ActivityRequested> Record(RequestContext context, ActivitySubmission wanted, string? connector, Via via, CancellationToken ct)
    {
        var input = wanted.Input ?? Empty;
        var (stored, hashed) = Problem(input) is null ? (input, input) : (Empty, Digest(input));
        var body = JsonSerializer.SerializeToUtf8Bytes(wanted with { Id = Guid.Empty, Input = hashed });
        return new ActivityRequested(
            wanted.ConnectionId,
            Texts.Cut(connector ?? wanted.Connector),
            Texts.Cut(wanted.ConnectionName),
            Texts.Cut(wanted.Activity) ?? "",
            await seals.SealInput(context.Activity(wanted.Id), stored, ct),
            await hash.Hash(context.Workspace, "activity", body, ct),
            clock.GetUtcNow() + TimeSpan.FromSeconds(Math.Clamp(wanted.DeadlineSeconds ?? DefaultDeadline, 1, MaxDeadline)),
            Math.Clamp(wanted.TimeoutSeconds ?? DefaultTimeout, 1, MaxTimeout),
            wanted.OnReauth == "fail" ? OnReauth.Fail : OnReauth.Wait,
            wanted.Caller is { } c ? new Caller(Texts.Cut(c.Workflow), Texts.Cut(c.Run), Texts.Cut(c.Step)) : null,
            via,
            wanted.RetryOf);
    }

    /// <summary>Recreates the submission of an activity, to request it again.</summary>
    /// <exception cref="RejectedException"><c>activity.wrong-state</c>: the input was destroyed by retention, or does not open.</exception>
    public async Task<ActivitySubmission> CreateRetry(RequestContext context, ActivityView ended, Guid again, CancellationToken ct)
    {
        var was = ended.Request;
        var (input, problem) = await seals.OpenInput(context.Activity(ended.Id), was.Input, ct);
        if (problem is not null) throw new RejectedException("activity.wrong-state", problem);
        return new ActivitySubmission(
            again,
            was.ConnectionId,
            was.ConnectionName is null ? null : was.Connector,
            was.ConnectionName,
            was.Activity,
            input,
            Math.Clamp((int)Math.Round((was.Deadline - ended.RequestedAt).TotalSeconds), 1, MaxDeadline),
            was.TimeoutSeconds,
            was.OnReauth == OnReauth.Fail ? "fail" : "wait",
            was.Caller,
            ended.Id);
    }

    private static RejectedException? Problem(JsonElement input)
    {
        if (JsonText.IsDeeperThan(input, MaxInputDepth))
            return Invalid([new FieldError("input", $"Must not nest deeper than {MaxInputDepth} levels.")]);
        if (!JsonText.IsReadable(input))
            return Invalid([new FieldError("input", "Contains half a surrogate pair, which is not valid text.")]);
        return IsTooLarge(input)
            ? new RejectedException("request.too-large", $"The input is larger than {InputLimit / 1024} KB.")
            : null;
    }

    // Measured in the stored form. Escaping turns one byte into six at most, so that small inputs need no measuring.
    private static bool IsTooLarge(JsonElement input) =>
        JsonMarshal.GetRawUtf8Value(input).Length > InputLimit / 6 && JsonSerializer.SerializeToUtf8Bytes(input).Length > InputLimit;

    private static IEnumerable<(string Field, string? Text)> GetTexts(ActivitySubmission wanted) =>
    [
        ("connection.connector", wanted.Connector),
        ("activity", wanted.Activity),
        ("caller.workflow", wanted.Caller?.Workflow),
        ("caller.run", wanted.Caller?.Run),
        ("caller.step", wanted.Caller?.Step)
    ];

    // An input that is not stored is replaced by its hash, so that the body hash still depends on it.
    private static JsonElement Digest(JsonElement input) =>
        JsonSerializer.SerializeToElement(SHA256.HashData(JsonMarshal.GetRawUtf8Value(input)));

    private static readonly JsonElement Empty = JsonDocument.Parse("{}").RootElement;

    private static RejectedException Invalid(IReadOnlyList<FieldError> errors) =>
        new("activity.input-invalid", "The activity request is not valid.") { Errors = errors };
}
