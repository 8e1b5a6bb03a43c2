using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Connections.Connectors.Definitions.Reading;

/// <summary>Reads one YAML document into nodes. Bounded: size, depth, number of values; no anchors, aliases and tags.</summary>
internal static class YamlNodes
{
    public const int MaxBytes = 1024 * 1024;
    private const int MaxDepth = 40;
    private const int MaxNodes = 50_000;

    /// <summary>Null if the text is no document that can be read; the faults then say why.</summary>
    public static Node? Read(string text, Faults faults)
    {
        var parser = new Parser(new StringReader(text));
        try
        {
            parser.Consume<StreamStart>();
            if (parser.Accept<StreamEnd>(out _))
            {
                faults.Add(1, 1, "The file is empty; begin with connector: and the id of the connector.");
                return null;
            }

            parser.Consume<DocumentStart>();
            var left = MaxNodes;
            if (Value(parser, faults, 0, ref left) is not { } node) return null;
            parser.Consume<DocumentEnd>();
            if (!parser.Accept<StreamEnd>(out _) && parser.Current is { } more)
                faults.Add(Line(more), Column(more), "The file holds several documents; write one connector per file, without ---.");
            return node;
        }
        catch (YamlException) when (IndentingTab(text) is { } tab)
        {
            faults.Add(tab.Line, tab.Column, "A tab indents this line; YAML allows spaces only.");
            return null;
        }
        catch (YamlException broken)
        {
            faults.Add((int)broken.Start.Line, (int)broken.Start.Column, $"The file is no YAML: {Words(broken)}; check indentation, colons and quotes.");
            return null;
        }
        catch (Exception broken) when (broken is InvalidOperationException or ArgumentException or IndexOutOfRangeException or NullReferenceException)
        {
            // The library fails so at some texts, such as a "?" or ":" at an unexpected place between braces.
            var (line, column) = parser.Current is { } last ? (Line(last), Column(last)) : (1, 1);
            faults.Add(Math.Max(line, 1), Math.Max(column, 1), "The file is no YAML behind this place; check indentation, colons, braces and quotes.");
            return null;
        }
    }

    private static (int Line, int Column)? IndentingTab(string text)
    {
        var line = 1;
        foreach (var content in text.Split('\n'))
        {
            var indent = content.AsSpan()[..^content.AsSpan().TrimStart(" \t").Length];
            if (indent.IndexOf('\t') is var at and >= 0 && indent.Length < content.TrimEnd('\r').Length) return (line, at + 1);
            line++;
        }

        return null;
    }

    private static Node? Value(Parser parser, Faults faults, int depth, ref int left)
    {
        var next = parser.Current!;
        if (next is AnchorAlias || next is NodeEvent { Anchor.IsEmpty: false })
            return Refuse(next, faults, "Anchors (&) and aliases (*) are not allowed; write the value again, or put the text in quotes.");
        if (next is NodeEvent { Tag.IsEmpty: false } tagged)
            return Refuse(tagged, faults, "Tags (!) are not allowed; remove the tag, or put the text in quotes.");
        if (depth > MaxDepth) return Refuse(next, faults, $"The file nests more than {MaxDepth} levels; flatten it.");
        if (--left < 0) return Refuse(next, faults, $"The file holds more than {MaxNodes} values; shorten it.");
        if (parser.TryConsume<Scalar>(out var scalar))
            return new Node.Text(scalar.Value, scalar.Style == ScalarStyle.Plain, Line(scalar), Column(scalar));
        if (parser.TryConsume<SequenceStart>(out var list))
        {
            var items = new List<Node>();
            while (!parser.TryConsume<SequenceEnd>(out _))
            {
                if (Value(parser, faults, depth + 1, ref left) is not { } item) return null;
                items.Add(item);
            }

            return new Node.Items(items, Line(list), Column(list));
        }

        var start = parser.Consume<MappingStart>();
        return Members(parser, faults, depth, start, ref left);
    }

    private static Node.Members? Members(Parser parser, Faults faults, int depth, MappingStart start, ref int left)
    {
        var (members, names) = (new List<(Node.Text, Node)>(), new HashSet<string>(StringComparer.Ordinal));
        while (!parser.TryConsume<MappingEnd>(out _))
        {
            if (Value(parser, faults, depth + 1, ref left) is not { } key) return null;
            if (Value(parser, faults, depth + 1, ref left) is not { } value) return null;
            if (key is not Node.Text name) faults.Add(key, "The name of a member must be a text; write name: value.");
            else if (!names.Add(name.Value)) faults.Add(name, $"The member \"{name.Value}\" is given twice; remove one.");
            else members.Add((name, value));
        }

        return new Node.Members(members, Line(start), Column(start));
    }

    private static Node? Refuse(ParsingEvent at, Faults faults, string message)
    {
        faults.Add(Line(at), Column(at), message);
        return null;
    }

    private static string Words(YamlException broken) =>
        (broken.InnerException ?? broken).Message.Split('\n')[0].TrimEnd('.').Split("): ", 2) is [_, var rest] ? rest : broken.Message.Split('\n')[0].TrimEnd('.');

    private static int Line(ParsingEvent at) => (int)at.Start.Line;

    private static int Column(ParsingEvent at) => (int)at.Start.Column;
}
