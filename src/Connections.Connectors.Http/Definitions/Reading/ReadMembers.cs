using System.Text.Json.Nodes;
using Connections.Connectors.Catalogue;
using Connections.Connectors.Definitions.Expressions;
using Connections.Connectors.Definitions.Model;

namespace Connections.Connectors.Definitions.Reading;

/// <summary>
/// Checks the members of <c>input</c> and <c>page</c> that an activity reads. A name that does not exist would be null at each run, so that the
/// request silently lacks it.
/// </summary>
internal static class ReadMembers
{
    private static readonly string[] Page = ["cursor", "number", "size", "next"];

    // With these, a schema allows members that it does not list itself.
    private static readonly string[] Composing = ["$ref", "allOf", "anyOf", "oneOf", "if", "patternProperties", "dependentSchemas"];

    public static void Check(Node.Text name, ActivityDescription description, DefinedActivity activity, Faults faults)
    {
        // The expressions of a known file are parsed when they are first used; the tests check them.
        if (faults.Known) return;
        var read = Expressions(activity).SelectMany(e => e.Members).Distinct().ToList();
        if (Listed(description.Input) is { } listed)
        {
            foreach (var member in read.Where(m => m.Root == "input" && !listed.Contains(m.Member)).Select(m => m.Member))
                faults.Add(name, $"\"input.{member}\" is no member of the input; " + (Nearest.Name(member, listed) is { } near
                    ? $"write input.{near}." : listed.Count == 0 ? "add it to inputSchema." : $"inputSchema has {string.Join(", ", listed)}."));
        }

        if (activity.Paging is not { } paging)
        {
            if (read.Any(m => m.Root == "page")) faults.Add(name, "\"page\" is for a list; add paging, or remove it.");
            return;
        }

        foreach (var member in read.Where(m => m.Root == "page" && !Page.Contains(m.Member)).Select(m => m.Member))
            faults.Add(name, $"\"page.{member}\" does not exist; use page.{string.Join(", page.", Page)}.");
        if (paging.Kind == PagingKind.Address || (paging.Then ?? (activity.Steps is [var only] ? only.Operation : null)) is not { } next) return;
        var needed = paging.Kind == PagingKind.Cursor ? "cursor" : "number";
        if (!Expressions(next).Any(e => e.Members.Contains(("page", needed))))
            faults.Add(name, $"The request for the next page does not send page.{needed}, so that each page is the first one; add it, such as query: {{ {needed}: page.{needed} }}.");
    }

    // The members that the input may have; null if the schema does not close the list.
    private static List<string>? Listed(JsonNode schema) =>
        schema is JsonObject closed && closed["additionalProperties"] is JsonValue more && more.TryGetValue<bool>(out var allowed) && !allowed
            && !Composing.Any(closed.ContainsKey)
            ? [.. (closed["properties"] as JsonObject ?? []).Select(p => p.Key)]
            : null;

    private static IEnumerable<Expression> Expressions(DefinedActivity activity) =>
    [
        .. activity.Steps.SelectMany(s => Expressions(s.Operation).Concat(Present(s.Each, s.When)).Concat(s.Output?.Expressions ?? [])),
        .. activity.Output?.Expressions ?? [],
        .. Present(activity.RepeatableWhen, activity.Lookup?.Found, activity.Paging?.Next, activity.Paging?.More, activity.Paging?.Items),
        .. activity.Lookup is { } lookup ? Expressions(lookup.Request) : [],
        .. activity.Paging?.Then is { } then ? Expressions(then) : [],
        .. activity.Rejections.SelectMany(r => Present(r.When).Concat(r.Message.Places))
    ];

    private static IEnumerable<Expression> Expressions(Operation operation) =>
    [
        .. operation.Path.Places,
        .. operation.Query?.Expressions ?? [],
        .. operation.Headers.SelectMany(h => h.Value.Places),
        .. operation.Body switch
        {
            Payload.JsonValue json => json.Value.Expressions,
            Payload.Form form => form.Fields.Expressions,
            Payload.Text text => [text.Value],
            Payload.File file => [file.Value],
            _ => []
        },
        .. Present(operation.SuccessWhen),
        .. operation.Failures.SelectMany(f => Present(f.When, f.RetryAfter?.Value).Concat(f.Message?.Places ?? []).Concat(f.Result?.Expressions ?? [])),
        .. operation.Save?.Name?.Places ?? [],
        .. operation.Save?.ContentType?.Places ?? []
    ];

    private static IEnumerable<Expression> Present(params Expression?[] expressions) => expressions.OfType<Expression>();
}
