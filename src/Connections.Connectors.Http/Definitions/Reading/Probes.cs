using Connections.Connectors.Definitions.Expressions;
using Connections.Connectors.Definitions.Model;
using Connections.Domain;

namespace Connections.Connectors.Definitions.Reading;

/// <summary>Reads the connection test, and what identifies the account.</summary>
internal static class Probes
{
    public static ProbePart? Read(Node node, Operations operations, Faults faults)
    {
        var part = Part.From(node, "the probe", faults);
        var operation = operations.Read(part, Roots.Probe, Roots.ProbeAnswer);
        var healthy = part.Expression("healthy", Roots.ProbeAnswer);
        var otherwise = part.Take("otherwise");
        if (otherwise is not null && healthy is null) faults.Add(part.NameOf("otherwise"), "\"otherwise\" needs \"healthy\"; add healthy: with an expression.");
        var (kind, message) = (FailureKind.ReauthRequired, Template.Parse("The account cannot be used at present.", Roots.ProbeAnswer));
        if (otherwise is not null)
        {
            var inner = Part.From(otherwise, "otherwise", faults);
            kind = inner.Choice("kind", FailureRules.Kinds) ?? kind;
            message = inner.Template("message", Roots.ProbeAnswer) ?? message;
            inner.Finish();
        }

        var keep = part.Members("keep")
            .Select(k => (k.Name.Value, Expression: part.TextOf(k.Value, "keep") is { } text ? part.ExpressionOf(k.Value, text, Roots.ProbeAnswer) : null))
            .Where(k => k.Expression is not null).Select(k => KeyValuePair.Create(k.Value, k.Expression!)).ToList();
        part.Finish();
        return operation is null ? null : new ProbePart(operation, healthy is null ? null : new Healthy(healthy, kind, message), keep);
    }

    public static Identity? Identity(Node node, Operations operations, Faults faults)
    {
        var part = Part.From(node, "the identity", faults);
        var request = Operations.Holds(part) ? operations.Read(part, Roots.Probe, Roots.ProbeAnswer) : null;
        part.Required("value", "body.id");
        var (value, display) = (part.Expression("value", Roots.ProbeAnswer), part.Expression("display", Roots.ProbeAnswer));
        var basis = part.RequiredText("basis", "account-id");
        part.Finish();
        return value is null ? null : new Identity(value, basis, display, request);
    }
}
