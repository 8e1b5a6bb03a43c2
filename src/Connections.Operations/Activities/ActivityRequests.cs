using System.Text.Json;
using Connections.Connectors;
using Connections.Credentials;
using Connections.Domain;
using Connections.ReadModels;
using EventSourcing;

namespace Connections.Operations;

/// <summary>An activity as a caller asks for it, by HTTP or bus.</summary>
public sealed record NewActivity(
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
public sealed class ActivityRequests(ConnectorCatalogue catalogue, ActivitySeals seals, IKeyedHash hash, TimeProvider clock)
{
    public const int InputLimit = 192 * 1024;

    private const int DefaultDeadline = 86_400;
    private const int LongestDeadline = 30 * 86_400;
    private const int DefaultTimeout = 60;
    private const int LongestTimeout = 900;

    /// <summary>What is wrong with the request as such; null when nothing is.</summary>
    public static RejectedException? Problem(NewActivity wanted)
    {
        var errors = new List<FieldError>();
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
        if (errors.Count > 0) return Invalid(errors);
        return wanted.Input is { } input && JsonSerializer.SerializeToUtf8Bytes(input).Length > InputLimit
            ? new RejectedException("request.too-large", $"The input is larger than {InputLimit / 1024} KB.")
            : null;
    }

    /// <summary>What the connector says against activity or input; null when nothing.</summary>
    public RejectedException? Problem(NewActivity wanted, string connector)
    {
        if (!catalogue.HasActivity(connector, wanted.Activity!))
            return new RejectedException("activity.unknown", $"The connector \"{connector}\" has no activity \"{wanted.Activity}\".");
        var input = catalogue.CheckInput(connector, wanted.Activity!, wanted.Input ?? Empty);
        return input.Count > 0 ? Invalid(input) : null;
    }

    /// <param name="connector">Null where neither the connection nor the request tells it.</param>
    public async Task<ActivityRequested> Record(Who who, NewActivity wanted, string? connector, Via via, CancellationToken ct)
    {
        var body = JsonSerializer.SerializeToUtf8Bytes(wanted with { Id = Guid.Empty, Input = wanted.Input ?? Empty });
        return new ActivityRequested(
            wanted.ConnectionId,
            connector ?? wanted.Connector,
            wanted.ConnectionName,
            wanted.Activity ?? "",
            await seals.SealInput(who.Workspace, wanted.Id, wanted.Input ?? Empty, ct),
            await hash.Hash(who.Workspace, "activity", body, ct),
            clock.GetUtcNow() + TimeSpan.FromSeconds(Math.Clamp(wanted.DeadlineSeconds ?? DefaultDeadline, 1, LongestDeadline)),
            Math.Clamp(wanted.TimeoutSeconds ?? DefaultTimeout, 1, LongestTimeout),
            wanted.OnReauth == "fail" ? OnReauth.Fail : OnReauth.Wait,
            wanted.Caller,
            via,
            wanted.RetryOf);
    }

    /// <summary>What was asked for, to be asked for again.</summary>
    /// <exception cref="RejectedException"><c>activity.wrong-state</c>: its input is past retention.</exception>
    public async Task<NewActivity> Again(Who who, ActivityView ended, Guid again, CancellationToken ct)
    {
        var was = ended.Request;
        var input = await seals.OpenInput(who.Workspace, ended.Id, was.Input, ct)
            ?? throw new RejectedException("activity.wrong-state", "Its input was destroyed after the time of retention.");
        return new NewActivity(
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

    private static readonly JsonElement Empty = JsonDocument.Parse("{}").RootElement;

    private static RejectedException Invalid(IReadOnlyList<FieldError> errors) =>
        new("activity.input-invalid", "The activity cannot be run as it was asked for.") { Errors = errors };
}
