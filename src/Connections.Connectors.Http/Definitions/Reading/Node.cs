namespace Connections.Connectors.Definitions.Reading;

/// <summary>A value of a YAML file, with its place.</summary>
internal abstract record Node(int Line, int Column)
{
    public abstract string Kind { get; }

    /// <param name="Plain">Written without quotes, so that numbers, true, false and null are not texts.</param>
    public sealed record Text(string Value, bool Plain, int Line, int Column) : Node(Line, Column)
    {
        public override string Kind => "a text";
    }

    public sealed record Members(IReadOnlyList<(Text Name, Node Value)> Content, int Line, int Column) : Node(Line, Column)
    {
        public override string Kind => "an object";
    }

    public sealed record Items(IReadOnlyList<Node> Content, int Line, int Column) : Node(Line, Column)
    {
        public override string Kind => "a list";
    }
}

/// <summary>A mistake in a definition: its place, what is wrong, and what to write instead.</summary>
public sealed record DefinitionFault(int Line, int Column, string Message);

/// <summary>Collects the mistakes of one file.</summary>
/// <param name="known">The file is known to be right: its expressions are parsed when they are first used, and its schemas are not checked.</param>
internal sealed class Faults(bool known = false)
{
    private const int Max = 50;
    private readonly List<DefinitionFault> faults = [];

    public IReadOnlyList<DefinitionFault> All => [.. faults.OrderBy(f => f.Line).ThenBy(f => f.Column)];

    public bool Known => known;

    public bool Any => faults.Count > 0;

    public void Add(Node at, string message) => Add(at.Line, at.Column, message);

    public void Add(int line, int column, string message)
    {
        if (faults.Count < Max) faults.Add(new DefinitionFault(line, column, message));
    }
}
