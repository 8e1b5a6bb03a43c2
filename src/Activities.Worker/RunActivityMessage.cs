using System.Text.Json;
using Connections.Connectors.Catalogue;
using Connections.Operations;
using Connections.Operations.Activities;
using EventSourcing;
using MassTransit;

namespace Activities.Worker;

/// <summary>
/// The message <c>run-activity</c> as it is received. The fields that a response needs are typed. All other fields stay JSON and are
/// validated here, so that a message with invalid fields still gets a response.
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
        var ignoredErrors = new List<FieldError>();
        return RequestContext.FromMessage(
            Workspace, Text("actor", Actor, ignoredErrors), Text("correlationId", CorrelationId, ignoredErrors), message);
    }

    /// <param name="typeErrors">The fields with a value of the wrong type, or with unreadable text.</param>
    public ActivitySubmission ToSubmission(out IReadOnlyList<FieldError> typeErrors)
    {
        var errors = new List<FieldError>();
        typeErrors = errors;
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
                : new Connections.Domain.Activity.Caller(
                    TextOf(caller, "caller", "workflow"), TextOf(caller, "caller", "run"), TextOf(caller, "caller", "step")));

        string? TextOf(JsonElement? part, string parent, string name) =>
            part is { } fields && fields.TryGetProperty(name, out var value) ? Text($"{parent}.{name}", value, errors) : null;
    }

    private static bool IsAbsent(JsonElement value) => value.ValueKind is JsonValueKind.Undefined or JsonValueKind.Null;

    private static string? Text(string field, JsonElement value, List<FieldError> errors)
    {
        if (IsAbsent(value)) return null;
        if (value.ValueKind == JsonValueKind.String && JsonText.IsReadable(value)) return value.GetString();
        errors.Add(new FieldError(field, "Must be a string."));
        return null;
    }

    private static int? Number(string field, JsonElement value, List<FieldError> errors)
    {
        if (IsAbsent(value)) return null;
        if (value.ValueKind == JsonValueKind.Number && value.TryGetDecimal(out var number)
            && decimal.IsInteger(number) && number is >= int.MinValue and <= int.MaxValue) return (int)number;
        errors.Add(new FieldError(field, "Must be a whole number."));
        return null;
    }

    private static JsonElement? Part(string field, JsonElement value, List<FieldError> errors)
    {
        // Looking for a member fails where another member's name is not valid text.
        if (value.ValueKind == JsonValueKind.Object && JsonText.IsReadable(value)) return value;
        if (!IsAbsent(value)) errors.Add(new FieldError(field, "Must be an object of valid texts."));
        return null;
    }
}
