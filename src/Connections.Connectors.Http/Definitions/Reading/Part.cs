using System.Globalization;
using Connections.Connectors.Definitions.Expressions;

namespace Connections.Connectors.Definitions.Reading;

/// <summary>Reads the members of one object. A member that nobody took is unknown.</summary>
internal sealed class Part
{
    private readonly Dictionary<string, (Node.Text Name, Node Value)> members = new(StringComparer.Ordinal);
    private readonly HashSet<string> known = new(StringComparer.Ordinal);
    private readonly string what;

    private Part(Node node, string what, Faults faults) => (Place, this.what, Faults) = (node, what, faults);

    public Node Place { get; }

    public Faults Faults { get; }

    /// <param name="what">What the object describes, for messages: "a setting".</param>
    public static Part From(Node node, string what, Faults faults)
    {
        var part = new Part(node, what, faults);
        if (node is Node.Members members)
        {
            foreach (var member in members.Content) part.members[member.Name.Value] = member;
        }
        else
        {
            faults.Add(node, $"{Capital(what)} must be an object with members, not {node.Kind}; write name: value.");
        }

        return part;
    }

    public bool Has(string name)
    {
        known.Add(name);
        return members.ContainsKey(name);
    }

    /// <summary>Whether there is such a member. It stays unknown until somebody takes it.</summary>
    public bool Contains(string name) => members.ContainsKey(name);

    public Node? Take(string name) => Has(name) ? members[name].Value : null;

    public Node.Text NameOf(string name) => members[name].Name;

    public Node? Required(string name, string example)
    {
        if (Take(name) is { } value) return value;
        if (Place is Node.Members) Faults.Add(Place, $"{Capital(what)} has no \"{name}\"; add {name}: {example}.");
        return null;
    }

    public string? Text(string name) => Take(name) is { } node ? TextOf(node, name) : null;

    public string RequiredText(string name, string example) => Required(name, example) is { } node ? TextOf(node, name) ?? "" : "";

    public string? TextOf(Node node, string name)
    {
        if (node is Node.Text { Value.Length: > 0 } text) return text.Value;
        Faults.Add(node, node is Node.Text
            ? $"\"{name}\" is empty; write a text, or remove it."
            : $"\"{name}\" must be a text, not {node.Kind}{Quotes(node)}.");
        return null;
    }

    // YAML reads {input.id} without quotes as an object.
    private static string Quotes(Node node) =>
        node is Node.Members { Content: [(var name, Node.Text { Value: "" })] } && name.Value.Contains('.', StringComparison.Ordinal)
            ? $"; put it in quotes: \"{{{name.Value}}}\""
            : "";

    public bool Flag(string name, bool otherwise = false)
    {
        if (Take(name) is not { } node) return otherwise;
        if (node is Node.Text { Plain: true, Value: "true" or "false" } text) return text.Value == "true";
        Faults.Add(node, $"\"{name}\" must be true or false.");
        return otherwise;
    }

    public long? Number(string name, long minimum = 0, long maximum = long.MaxValue)
    {
        if (Take(name) is not { } node) return null;
        if (node is Node.Text { Plain: true } text && long.TryParse(text.Value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
            && number >= minimum && number <= maximum) return number;
        Faults.Add(node, maximum == long.MaxValue
            ? $"\"{name}\" must be a whole number from {minimum}." : $"\"{name}\" must be a whole number from {minimum} to {maximum}.");
        return null;
    }

    public T? Choice<T>(string name, IReadOnlyDictionary<string, T> allowed) where T : struct
    {
        if (Take(name) is not { } node || TextOf(node, name) is not { } text) return null;
        if (allowed.TryGetValue(text, out var found)) return found;
        Faults.Add(node, $"\"{text}\" is no {name}; use {(Nearest.Name(text, allowed.Keys) is { } near ? near : $"one of {string.Join(", ", allowed.Keys)}")}.");
        return null;
    }

    /// <summary>The members of an object; empty if there is none.</summary>
    public IReadOnlyList<(Node.Text Name, Node Value)> Members(string name)
    {
        if (Take(name) is not { } node) return [];
        if (node is Node.Members found) return found.Content;
        Faults.Add(node, $"\"{name}\" must be an object with members, not {node.Kind}.");
        return [];
    }

    /// <summary>A list, or a single value as a list of one.</summary>
    public IReadOnlyList<Node> Items(string name) => Take(name) switch
    {
        null => [],
        Node.Items list => list.Content,
        var one => [one]
    };

    public IReadOnlyList<string> Texts(string name) => [.. Items(name).Select(item => TextOf(item, name)).OfType<string>()];

    public Expression? Expression(string name, IReadOnlyList<string> roots) =>
        Take(name) is { } node && TextOf(node, name) is { } text ? ExpressionOf(node, text, roots) : null;

    public Expression? ExpressionOf(Node node, string text, IReadOnlyList<string> roots) => Parsed(node, () => Expressions.Expression.Parse(text, roots, Faults.Known));

    public Template? Template(string name, IReadOnlyList<string> roots) =>
        Take(name) is { } node && TextOf(node, name) is { } text ? TemplateOf(node, text, roots) : null;

    public Template? TemplateOf(Node node, string text, IReadOnlyList<string> roots) => Parsed(node, () => Expressions.Template.Parse(text, roots, Faults.Known));

    public Shape? Shape(string name, IReadOnlyList<string> roots) => Take(name) is { } node ? ShapeOf(node, roots) : null;

    public Shape? ShapeOf(Node node, IReadOnlyList<string> roots) => Parsed(node, () => Shapes.From(node, roots, Faults));

    /// <summary>Reports the members that are unknown.</summary>
    public void Finish()
    {
        foreach (var (name, _) in members.Values)
            if (!known.Contains(name.Value))
                Faults.Add(name, $"\"{name.Value}\" is no member of {what}; " + (Nearest.Name(name.Value, known) is { } near
                    ? $"write \"{near}\"." : $"use {string.Join(", ", known.Order(StringComparer.Ordinal))}."));
    }

    private T? Parsed<T>(Node at, Func<T?> parse) where T : class
    {
        try
        {
            return parse();
        }
        catch (ExpressionFault wrong)
        {
            Faults.Add(at, wrong.Message);
            return null;
        }
    }

    private static string Capital(string text) => char.ToUpperInvariant(text[0]) + text[1..];
}
