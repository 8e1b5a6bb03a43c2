using System.Text.Json;
using Connections.Connectors.Catalogue;
using Connections.Operations;
using Connections.Operations.Activities;
using EventSourcing;
using MassTransit;

namespace Activities.Worker;

/// <summary>
/// <c>run-activity</c> as it comes. What no answer can be given without is read at once; the rest is looked at here, so that whatever it is
/// can be answered.
/// </summary>
[MessageUrn("Connections.Contracts:RunActivity")]
public sealed record RunActivityMessage(
    string Workspace,
    Guid ActivityId,
    Guid? ConnectionId,
    JsonElement Connection,
    JsonElement Activity,
    JsonElement Input,
    JsonElement DeadlineSeconds,
    JsonElement TimeoutSeconds,
    JsonElement OnReauth,
    JsonElement Caller,
    JsonElement CorrelationId,
    JsonElement Actor)
{
    public RequestContext CreateContext(Guid? message)
    {
        var nobodyMinds = new List<FieldError>();
        return RequestContext.FromMessage(
            Workspace, Text("actor", Actor, nobodyMinds), Text("correlationId", CorrelationId, nobodyMinds), message);
    }

    /// <param name="unread">What is of a wrong type, or no text.</param>
    public ActivitySubmission ToSubmission(out IReadOnlyList<FieldError> unread)
    {
        var errors = new List<FieldError>();
        unread = errors;
        var (connection, caller) = (Part("connection", Connection, errors), Part("caller", Caller, errors));
        return new ActivitySubmission(
            ActivityId,
            ConnectionId,
            TextOf(connection, "connection", "connector"),
            TextOf(connection, "connection", "name"),
            Text("activity", Activity, errors),
            IsAbsent(Input) ? null : Input,
            Number("deadlineSeconds", DeadlineSeconds, errors),
            Number("timeoutSeconds", TimeoutSeconds, errors),
            Text("onReauth", OnReauth, errors),
            caller is null
                ? null
                : new Connections.Domain.Activity.Caller(TextOf(caller, "caller", "workflow"), TextOf(caller, "caller", "run"), TextOf(caller, "caller", "step")));

        string? TextOf(JsonElement? part, string of, string name) =>
            part is { } all && all.TryGetProperty(name, out var value) ? Text($"{of}.{name}", value, errors) : null;
    }

    private static bool IsAbsent(JsonElement value) => value.ValueKind is JsonValueKind.Undefined or JsonValueKind.Null;

    private static string? Text(string field, JsonElement value, List<FieldError> errors)
    {
        if (IsAbsent(value)) return null;
        if (value.ValueKind == JsonValueKind.String && JsonText.IsReadable(value)) return value.GetString();
        errors.Add(new FieldError(field, "A text is expected."));
        return null;
    }

    private static int? Number(string field, JsonElement value, List<FieldError> errors)
    {
        if (IsAbsent(value)) return null;
        if (value.ValueKind == JsonValueKind.Number && value.TryGetDecimal(out var number)
            && decimal.IsInteger(number) && number is >= int.MinValue and <= int.MaxValue) return (int)number;
        errors.Add(new FieldError(field, "A whole number is expected."));
        return null;
    }

    private static JsonElement? Part(string field, JsonElement value, List<FieldError> errors)
    {
        if (value.ValueKind == JsonValueKind.Object) return value;
        if (!IsAbsent(value)) errors.Add(new FieldError(field, "An object is expected."));
        return null;
    }
}
