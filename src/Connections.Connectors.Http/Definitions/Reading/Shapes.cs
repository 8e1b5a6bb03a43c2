using Connections.Connectors.Definitions.Expressions;
using Newtonsoft.Json.Linq;

namespace Connections.Connectors.Definitions.Reading;

/// <summary>Reads values that are made of expressions, and plain values.</summary>
internal static class Shapes
{
    public static Shape From(Node node, IReadOnlyList<string> roots, Faults faults)
    {
        switch (node)
        {
            case Node.Members members:
                return new Shape.Members([.. members.Content.Select(m => KeyValuePair.Create(m.Name.Value, From(m.Value, roots, faults)))]);
            case Node.Items items:
                return new Shape.Items([.. items.Content.Select(item => From(item, roots, faults))]);
            case Node.Text { Plain: true } plain when Constant(plain.Value) is { } constant:
                return new Shape.Constant(constant);
            default:
                try
                {
                    return new Shape.Computed(Expression.Parse(((Node.Text)node).Value, roots, faults.Known));
                }
                catch (ExpressionFault wrong)
                {
                    faults.Add(node, wrong.Message);
                    return new Shape.Constant(JValue.CreateNull());
                }
        }
    }

    /// <summary>The value as it is written, without expressions: for schemas, examples and defaults.</summary>
    public static JToken Plain(Node node) => node switch
    {
        Node.Members members => new JObject(members.Content.Select(m => new JProperty(m.Name.Value, Plain(m.Value)))),
        Node.Items items => new JArray(items.Content.Select(Plain)),
        Node.Text { Plain: true } plain when Constant(plain.Value) is { } constant => constant,
        _ => new JValue(((Node.Text)node).Value)
    };

    private static JValue? Constant(string text) => text switch
    {
        "null" or "~" or "" => JValue.CreateNull(),
        "true" => new JValue(true),
        "false" => new JValue(false),
        _ when text[0] is '-' or '+' or (>= '0' and <= '9') && Tokens.Number(text) is { Value: not null } number => number,
        _ => null
    };
}
