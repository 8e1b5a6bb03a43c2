using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Connections.Connectors.Catalogue;
using Connections.Connectors.Definitions.Model;

namespace Connections.Connectors.Definitions.Reading;

/// <summary>Reads activities: their schemas, their requests and their results.</summary>
internal sealed partial class ActivityReader(Part definition, Operations operations)
{
    private const int MaxSteps = 20;

    private static readonly Dictionary<string, PagingKind> PagingKinds = new()
    {
        ["cursor"] = PagingKind.Cursor,
        ["number"] = PagingKind.Number,
        ["offset"] = PagingKind.Offset,
        ["address"] = PagingKind.Address
    };

    public IReadOnlyList<(ActivityDescription Description, DefinedActivity Activity)> Read()
    {
        definition.Required("activities", "{ get-item: { get: /items/{input.id} } }");
        return [.. definition.Members("activities").Select(a => Read(a.Name, a.Value))];
    }

    private (ActivityDescription, DefinedActivity) Read(Node.Text name, Node node)
    {
        if (!Ids().IsMatch(name.Value)) definition.Faults.Add(name, $"\"{name.Value}\" is no activity id; write small letters, digits and dashes, such as get-item.");
        if (name.Value == "request") definition.Faults.Add(name, "Every connector has the activity request without writing it; remove it, or choose another id.");
        var part = Part.From(node, "an activity", definition.Faults);
        var description = Descriptions.Read(name, part);
        var steps = Steps(part);
        var repeatable = part.Take("repeatable");
        var flag = repeatable is Node.Text { Plain: true, Value: "true" or "false" } ? part.Flag("repeatable") : (bool?)null;
        var when = repeatable is not null && flag is null ? part.Expression("repeatable", Roots.Request) : null;
        var reads = steps.All(s => s.Operation.Method == HttpMethod.Get || s.Operation.Method == HttpMethod.Head);
        var activity = new DefinedActivity(
            name.Value, steps, part.Shape("output", Roots.Answer), Paging(part), flag ?? (when is null ? reads : null), when, Lookup(part), Rejections(part));
        if (activity.Paging is not null && steps.Count > 1) part.Faults.Add(part.NameOf("paging"), "\"paging\" is for an activity with one request; remove do, or paging.");
        if (activity.Paging is not null && steps.Select(s => s.Operation).Append(activity.Paging.Then).Any(o => o?.Save is not null))
            part.Faults.Add(part.NameOf("paging"), "A list is read from its pages; remove save, or paging.");
        if (activity.Lookup?.Request.Save is not null) part.Faults.Add(part.NameOf("lookup"), "A look-up reads its answer; remove save from it.");
        part.Finish();
        if (activity.Paging is not null) AddListMembers(description.Input);
        ReadMembers.Check(name, description, activity, part.Faults);
        return (description, activity);
    }

    // Each list has a limit and a cursor, also where its schema does not name them.
    private static void AddListMembers(JsonNode schema)
    {
        if (schema is not JsonObject list) return;
        if (list["properties"] is not JsonObject properties) list["properties"] = properties = [];
        properties["limit"] ??= new JsonObject
        {
            ["type"] = "integer",
            ["minimum"] = 1,
            ["maximum"] = 1000,
            ["description"] = "How many items are wanted; 100 unless given."
        };
        properties["cursor"] ??= new JsonObject { ["type"] = "string", ["description"] = "The cursor that an earlier list ended with, to go on from there." };
    }

    private static List<Rejection> Rejections(Part part)
    {
        var rejections = new List<Rejection>();
        foreach (var node in part.Items("reject"))
        {
            var inner = Part.From(node, "a rejection", part.Faults);
            inner.Required("when", "an expression over the input");
            inner.Required("message", "a sentence that says what to give instead");
            if (inner.Expression("when", Roots.Input) is { } when && inner.Template("message", Roots.Input) is { } message)
                rejections.Add(new Rejection(when, message));
            inner.Finish();
        }

        return rejections;
    }

    private List<Step> Steps(Part part)
    {
        if (part.Take("do") is not { } node)
            return operations.Read(part, Roots.Request, Roots.Answer) is { } only ? [new Step(null, null, null, false, only, null)] : [];
        if (Operations.Holds(part)) part.Faults.Add(part.NameOf("do"), "An activity has do, or one request; move the request into do.");
        if (node is not Node.Items { Content.Count: > 0 and <= MaxSteps } list)
        {
            part.Faults.Add(node, $"\"do\" must be a list of 1 to {MaxSteps} steps; write - get: /path.");
            return [];
        }

        var steps = new List<Step>();
        foreach (var item in list.Content)
        {
            var inner = Part.From(item, "a step", part.Faults);
            var name = inner.Text("name");
            if (name is not null && steps.Any(s => s.Name == name)) part.Faults.Add(inner.NameOf("name"), $"There are two steps \"{name}\"; rename one.");
            var (each, when, repeatable, output) = (
                inner.Expression("each", Roots.Request), inner.Expression("when", Roots.Request), inner.Flag("repeatable"), inner.Shape("output", Roots.Answer));
            Ordered(inner, node, steps, list, name);
            if (operations.Read(inner, Roots.Request, Roots.Answer) is { } operation) steps.Add(new Step(name, each, when, repeatable, operation, output));
            inner.Finish();
        }

        return steps;
    }

    // A step sees the results of the steps before it.
    private static void Ordered(Part step, Node at, List<Step> before, Node.Items all, string? own)
    {
        var text = Texts(step.Place);
        foreach (var name in StepNames().Matches(text).Select(m => m.Groups[1].Value).Distinct())
        {
            if (before.Any(s => s.Name == name)) continue;
            var later = name == own || all.Content.OfType<Node.Members>()
                .Any(m => m.Content.Any(c => c.Name.Value == "name" && c.Value is Node.Text t && t.Value == name));
            step.Faults.Add(step.Place, later
                ? $"The step uses steps.{name}, which runs only later; move that step before this one."
                : $"There is no step \"{name}\" before this one; name the step that it means.");
        }
    }

    private static string Texts(Node node) => node switch
    {
        Node.Text text => text.Value,
        Node.Items items => string.Join('\n', items.Content.Select(Texts)),
        Node.Members members => string.Join('\n', members.Content.Select(m => Texts(m.Value))),
        _ => ""
    };

    private Paging? Paging(Part part)
    {
        if (part.Take("paging") is not { } node) return null;
        var inner = Part.From(node, "paging", part.Faults);
        inner.Required("kind", "cursor, number, offset or address");
        var kind = inner.Choice("kind", PagingKinds) ?? PagingKind.Cursor;
        inner.Required("items", "body.items");
        var items = inner.Expression("items", Roots.Answer);
        var byAnswer = kind is PagingKind.Cursor or PagingKind.Address;
        if (byAnswer) inner.Required("next", "body.next_cursor");
        var next = inner.Expression("next", Roots.Answer);
        var size = inner.Number("size", 1, 1000);
        if (size is null && !byAnswer) inner.Required("size", "100");
        var then = inner.Take("then") is { } request ? Then(request, part.Faults) : null;
        var paging = new Paging(
            kind, next, (int)(inner.Number("first", 0, 1) ?? (kind == PagingKind.Number ? 1 : 0)), inner.Expression("more", Roots.Answer),
            items ?? Expressions.Expression.Parse("body", Roots.Answer), (int)(size ?? 100), then);
        inner.Finish();
        return paging;
    }

    private Operation? Then(Node node, Faults faults)
    {
        var part = Part.From(node, "then", faults);
        var operation = operations.Read(part, Roots.Request, Roots.Answer);
        part.Finish();
        return operation;
    }

    private Lookup? Lookup(Part part)
    {
        if (part.Take("lookup") is not { } node) return null;
        var inner = Part.From(node, "lookup", part.Faults);
        inner.Required("found", "body.items[0]");
        var (operation, found) = (operations.Read(inner, Roots.Request, Roots.Answer), inner.Expression("found", Roots.Answer));
        inner.Finish();
        return operation is null || found is null ? null : new Lookup(operation, found);
    }

    [GeneratedRegex("^[a-z][a-z0-9]*(-[a-z0-9]+)*$")]
    private static partial Regex Ids();

    [GeneratedRegex(@"(?<![\w.'])steps\.(\w+)")]
    private static partial Regex StepNames();
}
