using System.Text;
using Newtonsoft.Json.Linq;

namespace Connections.Connectors.Definitions.Expressions;

/// <summary>A text with expressions in braces, such as <c>/Accounts/{settings.accountSid}.json</c>.</summary>
internal sealed class Template
{
    private readonly IReadOnlyList<(string Literal, Expression? Place)> parts;

    private Template(string text, IReadOnlyList<(string, Expression?)> parts) => (Text, this.parts) = (text, parts);

    public string Text { get; }

    public IEnumerable<Expression> Places => parts.Select(p => p.Place).OfType<Expression>();

    /// <summary>The literal parts and the expressions between them, in order.</summary>
    public IReadOnlyList<(string Literal, Expression? Place)> Parts => parts;

    /// <param name="later">Parses the expressions when they are first used.</param>
    /// <exception cref="ExpressionFault">A brace is not closed, or an expression is wrong.</exception>
    public static Template Parse(string text, IReadOnlyList<string> roots, bool later = false)
    {
        if (text.Length > 4 * Expression.MaxLength) throw new ExpressionFault($"The text is longer than {4 * Expression.MaxLength} characters; shorten it.");
        var parts = new List<(string, Expression?)>();
        for (var from = 0; from < text.Length;)
        {
            var open = text.IndexOf('{', from);
            if (open < 0)
            {
                parts.Add((text[from..], null));
                break;
            }

            var close = Close(text, open);
            if (close < 0) throw new ExpressionFault("A brace { is not closed; write }, for example {input.id}.");
            parts.Add((text[from..open], Expression.Parse(text[(open + 1)..close], roots, later)));
            from = close + 1;
        }

        return new Template(text, parts);
    }

    /// <summary>Fills the places. A place that is null is an empty text.</summary>
    /// <param name="encode">Applied to each value, not to the text around.</param>
    /// <exception cref="ExpressionFault">An expression cannot be applied to these values.</exception>
    public string Fill(JObject roots, Func<string, Expression, string>? encode = null)
    {
        if (parts is [(var only, null)]) return only;
        var filled = new StringBuilder();
        foreach (var (literal, place) in parts)
        {
            filled.Append(literal);
            if (place is null) continue;
            var value = Tokens.Text(place.Evaluate(roots)) ?? "";
            filled.Append(encode is null ? value : encode(value, place));
        }

        return filled.ToString();
    }

    private static int Close(string text, int open)
    {
        var (depth, quote) = (0, '\0');
        for (var i = open; i < text.Length; i++)
        {
            var c = text[i];
            if (quote != '\0')
            {
                if (c == '\\') i++;
                else if (c == quote) quote = '\0';
            }
            else if (c is '\'' or '"' or '`') quote = c;
            else if (c == '{') depth++;
            else if (c == '}' && --depth == 0) return i;
        }

        return -1;
    }
}
