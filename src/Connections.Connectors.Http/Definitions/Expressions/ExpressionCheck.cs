using DevLab.JmesPath.Expressions;
using DevLab.JmesPath.Interop;

namespace Connections.Connectors.Definitions.Expressions;

/// <summary>Checks a parsed expression: which roots it reads, and that its work and its result stay in proportion to the values.</summary>
internal sealed class ExpressionCheck
{
    private const long MaxGrowth = 500;

    // These may hold the root in a filter: they compare, and copy nothing.
    private static readonly string[] Comparing = ["contains", "starts_with", "ends_with"];

    private readonly List<JmesPathExpression> nodes;
    private readonly HashSet<string> roots = new(StringComparer.Ordinal);
    private readonly HashSet<(string Root, string Member)> members = [];
    private int at;

    private ExpressionCheck(List<JmesPathExpression> nodes) => this.nodes = nodes;

    public IReadOnlySet<string> Roots => roots;

    public IReadOnlySet<(string Root, string Member)> Members => members;

    public bool UsesRoot { get; private set; }

    /// <exception cref="ExpressionFault">The expression is not allowed.</exception>
    public static ExpressionCheck Run(JmesPathExpression expression)
    {
        var list = new Preorder();
        expression.Accept(list);
        var check = new ExpressionCheck(list.Nodes);
        var growth = check.Walk(new Place(AtRoot: true, Repeated: false, Compared: false)).Growth;
        if (growth > MaxGrowth) throw new ExpressionFault("The expression multiplies its values too often; copy fewer values.");
        return check;
    }

    private Result Walk(Place place)
    {
        var node = nodes[at++];
        switch (node)
        {
            case JmesPathIdentifier name:
                if (place.AtRoot) roots.Add(name.Name);
                return new(false, 1, PlainPath: true);
            case JmesPathRootNodeExpression:
                UsesRoot = true;
                if (place is { Repeated: true, Compared: false })
                    throw new ExpressionFault("In a filter, $ may only be compared with ==, !=, <, > or contains(); elsewhere in a list it is not allowed.");
                return new(false, 1, PlainPath: true, IsRoot: true);
            case JmesPathLetExpression or JmesPathVariableReference:
                throw new ExpressionFault("let and variables are not available; write the path itself.");
            case JmesPathPipeExpression:
                return Both(place, pipe: true);
            case JmesPathSubExpression or JmesPathIndexExpression:
                return Both(place, pipe: false);
            case JmesPathCompoundExpression: // comparisons, and, or, arithmetic
                var compared = place with { Compared = node is JmesPathComparison };
                var (left, right) = (Walk(compared), Walk(compared));
                return new(false, node is JmesPathComparison or JmesPathArithmeticExpression ? 1 : left.Growth + right.Growth);
            case JmesPathFilterProjection filter:
                Walk(new Place(AtRoot: false, Repeated: true, Compared: false));
                return new(true, 1);
            case JmesPathSimpleExpression: // parentheses, not
                return Walk(place) with { Projects = false };
            case JmesPathProjection:
                return new(true, 1);
            case JmesPathFunctionExpression function:
                return Function(function, place);
            case JmesPathMultiSelectHash hash:
                return new(false, Sum(hash.Dictionary.Count, place));
            case JmesPathMultiSelectList list:
                return new(false, Sum(list.Expressions.Length, place));
            default: // literals, indexes, @
                return new(false, 1, PlainPath: node is JmesPathIndex, IsRoot: node is JmesPathCurrentNodeExpression && place.AtRoot);
        }
    }

    private Result Both(Place place, bool pipe)
    {
        var root = place.AtRoot && !pipe ? nodes[at] as JmesPathIdentifier : null;
        var left = Walk(place);
        var projects = left.Projects && !pipe;
        if (root is not null && First(at) is { } member) members.Add((root.Name, member));
        var right = Walk(new Place(AtRoot: left.IsRoot, Repeated: place.Repeated || projects, Compared: place.Compared && !projects));
        if (place is { Repeated: true, Compared: true } && UsesRootIn(left) && !right.PlainPath)
            throw new ExpressionFault("In a filter, $ may only begin a plain path such as $.input.to.");
        return new(
            projects || right.Projects, checked(Math.Min(left.Growth * right.Growth, int.MaxValue)), left.PlainPath && right.PlainPath, IsRoot: false)
        {
            FromRoot = UsesRootIn(left)
        };
    }

    // The first name of a path.
    private string? First(int index)
    {
        while (nodes[index] is JmesPathSubExpression or JmesPathIndexExpression) index++;
        return (nodes[index] as JmesPathIdentifier)?.Name;
    }

    private static bool UsesRootIn(Result left) => left.IsRoot || left.FromRoot;

    private Result Function(JmesPathFunctionExpression function, Place place)
    {
        long growth = 0, product = 1;
        foreach (var argument in function.Arguments)
        {
            var inner = argument.IsExpressionType
                ? new Place(AtRoot: false, Repeated: true, Compared: false)
                : place with { Compared = Comparing.Contains(function.Name) };
            var (before, result) = (at, Walk(inner));
            growth += result.Growth;
            product = Math.Min(product * result.Growth, int.MaxValue);
            if (function.Name == "replace" && nodes[before] is JmesPathRawString text) product *= Math.Max(1, text.Value.Length);
        }

        return new(false, Math.Min(function.Name is "map" or "replace" ? product : Math.Max(1, growth), int.MaxValue));
    }

    private long Sum(int count, Place place)
    {
        long growth = 1;
        for (var i = 0; i < count; i++) growth += Walk(place with { Compared = false }).Growth;
        return Math.Min(growth, int.MaxValue);
    }

    private readonly record struct Place(bool AtRoot, bool Repeated, bool Compared);

    private readonly record struct Result(bool Projects, long Growth, bool PlainPath = false, bool IsRoot = false)
    {
        public bool FromRoot { get; init; }
    }

    private sealed class Preorder : IVisitor
    {
        public List<JmesPathExpression> Nodes { get; } = [];

        public void Visit(JmesPathExpression expression) => Nodes.Add(expression);
    }
}
