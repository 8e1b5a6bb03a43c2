using System.Globalization;
using System.Text.Json;
using Connections.Connectors.Definitions.Model;
using Connections.Domain;

namespace Connections.Connectors.Definitions.Reading;

/// <summary>Reads the rules that turn an answer into a failure.</summary>
internal static class FailureRules
{
    private static readonly FailureKind[] Refused =
    [
        FailureKind.ConnectionDeleted, FailureKind.Busy, FailureKind.WorkerLost, FailureKind.ProviderJob, FailureKind.Internal
    ];

    public static readonly IReadOnlyDictionary<string, FailureKind> Kinds = Enum.GetValues<FailureKind>().Except(Refused)
        .ToDictionary(kind => JsonNamingPolicy.CamelCase.ConvertName(kind.ToString()), kind => kind);

    private static readonly Dictionary<string, Delivered> Deliveries = new()
    {
        ["no"] = Delivered.No,
        ["maybe"] = Delivered.Maybe,
        ["yes"] = Delivered.Yes
    };

    public static IReadOnlyList<FailureRule> Read(Part owner, IReadOnlyList<string> roots)
    {
        var rules = new List<FailureRule>();
        var all = false;
        foreach (var node in owner.Items("failures"))
        {
            var rule = Read(node, roots, owner.Faults);
            if (all) owner.Faults.Add(node, "This rule is never reached, since the rule before matches every answer; move it up, or remove it.");
            all |= rule is { Statuses.Count: 0, Codes.Count: 0, Headers.Count: 0, When: null };
            rules.Add(rule);
        }

        return rules;
    }

    public static IReadOnlyList<(int From, int To)> Statuses(Part part, string name) => [.. part.Items(name).Select(node => Status(part, node)).OfType<(int, int)>()];

    private static FailureRule Read(Node node, IReadOnlyList<string> roots, Faults faults)
    {
        var part = Part.From(node, "a failure rule", faults);
        var result = part.Shape("result", roots);
        var kind = part.Choice("kind", Kinds);
        if (kind is null && result is null && !part.Has("kind"))
            part.Required("kind", $"one of {string.Join(", ", Kinds.Keys)}");
        if (kind is not null && result is not null) faults.Add(part.NameOf("result"), "A rule has a kind or a result, not both; remove one.");
        var rule = new FailureRule(
            Statuses(part, "status"), part.Texts("code"),
            [.. part.Members("header").Select(h => KeyValuePair.Create(h.Name.Value, part.TextOf(h.Value, "header") ?? ""))],
            part.Expression("when", roots), kind ?? FailureKind.InvalidInput, part.Template("message", roots),
            part.Choice("delivered", Deliveries), Wait(part, roots), result);
        part.Finish();
        return rule;
    }

    private static Wait? Wait(Part part, IReadOnlyList<string> roots)
    {
        if (part.Take("retryAfter") is not { } node) return null;
        if (node is Node.Text { Value: "header" }) return new Wait(null, null);
        if (node is Node.Text { Plain: true } text && int.TryParse(text.Value, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds))
            return new Wait(seconds, null);
        return new Wait(null, part.Expression("retryAfter", roots));
    }

    private static (int, int)? Status(Part part, Node node)
    {
        var text = (node as Node.Text)?.Value ?? "";
        var bounds = text.Split('-');
        if (bounds.Length <= 2 && int.TryParse(bounds[0], NumberStyles.None, CultureInfo.InvariantCulture, out var from)
            && int.TryParse(bounds[^1], NumberStyles.None, CultureInfo.InvariantCulture, out var to) && from is >= 100 and <= 599 && to >= from && to <= 599) return (from, to);
        part.Faults.Add(node, $"\"{text}\" is no status; write a number from 100 to 599, or a range such as 500-599.");
        return null;
    }
}
