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

/// <summary>An activity as a caller asks for it, by HTTP or bus.</summary>
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

/// <summary>Turns what was asked for into the event that records it: limits filled in, the input sealed, the body hashed.</summary>
public sealed class ActivityRequestFactory(ConnectorCatalogue catalogue, ActivitySeals seals, IKeyedHash hash, TimeProvider clock)
{
    public const int InputLimit = 192 * 1024;

    private const int DefaultDeadline = 86_400;
    private const int LongestDeadline = 30 * 86_400;
    private const int DefaultTimeout = 60;
    private const int LongestTimeout = 900;

    /// <summary>What is wrong with the request as such; null when nothing is.</summary>
    /// <param name="unread">What could not even be read of it.</param>
    public static RejectedException? Problem(ActivitySubmission wanted, params IEnumerable<FieldError> unread)
    {
        var errors = unread.ToList();
        if (wanted.ConnectionId is null == wanted.Connector is null)
            errors.Add(new FieldError("connectionId", "Name the connection by connectionId, or by connection: {connector, name}."));
        if (wanted.Connector is not null && ConnectionName.Problem(wanted.ConnectionName) is { } name)
            errors.Add(new FieldError("connection.name", name));
        if (wanted.DeadlineSeconds is < 1 or > LongestDeadline)
            errors.Add(new FieldError("deadlineSeconds", $"From 1 to {LongestDeadline} seconds."));
        if (wanted.TimeoutSeconds is < 1 or > LongestTimeout)
            errors.Add(new FieldError("timeoutSeconds", $"From 1 to {LongestTimeout} seconds."));
        if (wanted.OnReauth is not (null or "wait" or "fail")) errors.Add(new FieldError("onReauth", "wait or fail."));
        if (string.IsNullOrEmpty(wanted.Activity)) errors.Add(new FieldError("activity", "An activity is required."));
        errors.AddRange(GetTexts(wanted).Where(t => t.Text?.Length > Texts.Longest).Select(t => new FieldError(t.Field, $"At most {Texts.Longest} characters.")));
        if (errors.Count > 0) return Invalid(errors);
        return wanted.Input is { } input ? Problem(input) : null;
    }

    /// <summary>What the connector says against activity or input; null when nothing.</summary>
    public RejectedException? Problem(ActivitySubmission wanted, string connector)
    {
        if (!catalogue.HasActivity(connector, wanted.Activity!))
            return new RejectedException("activity.unknown", $"The connector \"{connector}\" has no activity \"{wanted.Activity}\".");
        var input = catalogue.CheckInput(connector, wanted.Activity!, wanted.Input ?? Empty);
        return input.Count > 0 ? Invalid(input) : null;
    }

    /// <summary>Also of what is refused: as much as the log takes.</summary>
    /// <param name="connector">Null where neither the connection nor the request tells it.</param>
    public async Task<ActivityRequested> Record(RequestContext context, ActivitySubmission wanted, string? connector, Via via, CancellationToken ct)
    {
        var input = wanted.Input ?? Empty;
        var (kept, hashed) = Problem(input) is null ? (input, input) : (Empty, Digest(input));
        var body = JsonSerializer.SerializeToUtf8Bytes(wanted with { Id = Guid.Empty, Input = hashed });
        return new ActivityRequested(
            wanted.ConnectionId,
            Texts.Cut(connector ?? wanted.Connector),
            Texts.Cut(wanted.ConnectionName),
            Texts.Cut(wanted.Activity) ?? "",
            await seals.SealInput(context.Workspace, wanted.Id, kept, ct),
            await hash.Hash(context.Workspace, "activity", body, ct),
            clock.GetUtcNow() + TimeSpan.FromSeconds(Math.Clamp(wanted.DeadlineSeconds ?? DefaultDeadline, 1, LongestDeadline)),
            Math.Clamp(wanted.TimeoutSeconds ?? DefaultTimeout, 1, LongestTimeout),
            wanted.OnReauth == "fail" ? OnReauth.Fail : OnReauth.Wait,
            wanted.Caller is { } c ? new Caller(Texts.Cut(c.Workflow), Texts.Cut(c.Run), Texts.Cut(c.Step)) : null,
            via,
            wanted.RetryOf);
    }

    /// <summary>What was asked for, to be asked for again.</summary>
    /// <exception cref="RejectedException"><c>activity.wrong-state</c>: its input is past retention.</exception>
    public async Task<ActivitySubmission> CreateRetry(RequestContext context, ActivityView ended, Guid again, CancellationToken ct)
    {
        var was = ended.Request;
        var input = await seals.OpenInput(context.Workspace, ended.Id, was.Input, ct)
            ?? throw new RejectedException("activity.wrong-state", "Its input was destroyed after the time of retention.");
        return new ActivitySubmission(
            again,
            was.ConnectionId,
            was.ConnectionName is null ? null : was.Connector,
            was.ConnectionName,
            was.Activity,
            input,
            Math.Clamp((int)Math.Round((was.Deadline - ended.RequestedAt).TotalSeconds), 1, LongestDeadline),
            was.TimeoutSeconds,
            was.OnReauth == OnReauth.Fail ? "fail" : "wait",
            was.Caller,
            ended.Id);
    }

    private static RejectedException? Problem(JsonElement input)
    {
        if (!JsonText.IsReadable(input)) return Invalid([new FieldError("input", "It holds half a surrogate pair, which is no text.")]);
        return IsTooLarge(input)
            ? new RejectedException("request.too-large", $"The input is larger than {InputLimit / 1024} KB.")
            : null;
    }

    // measured as it is kept; that makes six bytes of one at most
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

    // what is not kept can still be told from another
    private static JsonElement Digest(JsonElement input) =>
        JsonSerializer.SerializeToElement(SHA256.HashData(JsonMarshal.GetRawUtf8Value(input)));

    private static readonly JsonElement Empty = JsonDocument.Parse("{}").RootElement;

    private static RejectedException Invalid(IReadOnlyList<FieldError> errors) =>
        new("activity.input-invalid", "The activity cannot be run as it was asked for.") { Errors = errors };
}
