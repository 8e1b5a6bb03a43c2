using DevLab.JmesPath;
using DevLab.JmesPath.Expressions;
using Newtonsoft.Json.Linq;

namespace Connections.Connectors.Definitions.Expressions;

/// <summary>A JMESPath expression, parsed and checked once. It has no side effects, and its work is bounded by the size of the values.</summary>
internal sealed class Expression
{
    public const int MaxLength = 1000;

    private static readonly JmesPath Language = AddedFunctions.Register(new JmesPath());
    private static readonly Lock Parsing = new();

    private readonly Lazy<(JmesPathExpression Compiled, ExpressionCheck Check)> parsed;
    private readonly Lock evaluating = new();

    private Expression(string text, IReadOnlyList<string> roots)
    {
        Text = text;
        parsed = new(() => Compile(text, roots));
    }

    public string Text { get; }

    /// <summary>The roots that the expression reads.</summary>
    public IReadOnlySet<string> Roots => parsed.Value.Check.Roots;

    /// <summary>The members of roots that the expression reads, such as <c>to</c> of <c>input</c> in <c>input.to.address</c>.</summary>
    public IReadOnlySet<(string Root, string Member)> Members => parsed.Value.Check.Members;

    /// <param name="roots">The roots that may be read at this place.</param>
    /// <param name="later">Parses it when it is first used: for a text that is known to be right.</param>
    /// <exception cref="ExpressionFault">The expression is wrong. The message says what to write instead.</exception>
    public static Expression Parse(string text, IReadOnlyList<string> roots, bool later = false)
    {
        var expression = new Expression(text, roots);
        if (!later) _ = expression.parsed.Value;
        return expression;
    }

    /// <exception cref="ExpressionFault">The expression cannot be applied to these values.</exception>
    public JToken Evaluate(JObject roots)
    {
        try
        {
            var (compiled, check) = parsed.Value;
            if (!check.UsesRoot) return compiled.Transform(new JmesPathArgument(roots)).AsJToken();
            // The library keeps the root of an evaluation in the parsed expression.
            lock (evaluating) return compiled.Transform(new JmesPathArgument(roots)).AsJToken();
        }
        catch (ExpressionFault)
        {
            throw;
        }
        catch (Exception)
        {
            throw new ExpressionFault("a value has another type than the expression expects");
        }
    }

    private static (JmesPathExpression, ExpressionCheck) Compile(string text, IReadOnlyList<string> roots)
    {
        if (string.IsNullOrWhiteSpace(text)) throw new ExpressionFault("The expression is empty; write a JMESPath expression, or '' for an empty text.");
        if (text.Length > MaxLength)
            throw new ExpressionFault($"The expression is longer than {MaxLength} characters; split it, or shorten it.");
        if (Nesting(text) > 30) throw new ExpressionFault("The expression nests more than 30 brackets; shorten it.");
        JmesPathExpression compiled;
        try
        {
            lock (Parsing) compiled = Language.Parse(text);
        }
        catch (Exception e)
        {
            throw new ExpressionFault(Explain(text, e.Message));
        }

        var check = ExpressionCheck.Run(compiled);
        foreach (var root in check.Roots)
            if (!roots.Contains(root)) throw new ExpressionFault(Unknown(root, roots));
        return (compiled, check);
    }

    private static string Unknown(string root, IReadOnlyList<string> roots) => root == "credentials"
        ? "Credentials can be used in authentication only; remove them here."
        : root is "null" or "true" or "false" ? $"\"{root}\" is no path; write `{root}` in backticks."
        : $"\"{root}\" is not available here; begin with {string.Join(", ", roots)}"
            + (Nearest.Name(root, roots) is { } near ? $" (did you mean \"{near}\"?)." : $", or write '{root}' for the text itself.");

    private static string Explain(string text, string message)
    {
        if (message.Contains("unknown-function", StringComparison.Ordinal))
        {
            var name = message.Split("function named ", 2) is [_, var rest] ? rest.Split(' ')[0] : "";
            var known = AddedFunctions.Names(Language);
            return $"There is no function \"{name}\"; use " + (Nearest.Name(name, known) is { } near ? $"\"{near}\"." : $"one of {string.Join(", ", known)}.");
        }

        if (message.Contains("invalid-arity", StringComparison.Ordinal)) return "A function has too few or too many arguments; see its description.";
        return $"\"{(text.Length <= 60 ? text : text[..60] + "…")}\" is no JMESPath expression; write a path such as input.to, or a text in single quotes.";
    }

    private static int Nesting(string text)
    {
        var (deepest, depth) = (0, 0);
        foreach (var c in text)
        {
            if (c is '(' or '[' or '{' or '!' or '&') deepest = Math.Max(deepest, ++depth);
            else if (c is ')' or ']' or '}') depth--;
        }

        return deepest;
    }
}
