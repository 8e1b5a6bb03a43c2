using Newtonsoft.Json.Linq;

namespace Connections.Connectors.Definitions.Expressions;

/// <summary>A value that is made of expressions: one expression, a constant, or an object or a list of such values.</summary>
internal abstract class Shape
{
    /// <summary>The value. A member whose expression is null is left out of its object.</summary>
    /// <exception cref="ExpressionFault">An expression cannot be applied to these values.</exception>
    public abstract JToken Create(JObject roots);

    public abstract IEnumerable<Expression> Expressions { get; }

    public sealed class Constant(JValue value) : Shape
    {
        public override IEnumerable<Expression> Expressions => [];

        public override JToken Create(JObject roots) => new JValue(value);
    }

    public sealed class Computed(Expression expression) : Shape
    {
        public override IEnumerable<Expression> Expressions => [expression];

        public override JToken Create(JObject roots) => expression.Evaluate(roots);
    }

    public sealed class Members(IReadOnlyList<KeyValuePair<string, Shape>> members) : Shape
    {
        public override IEnumerable<Expression> Expressions => members.SelectMany(m => m.Value.Expressions);

        public IReadOnlyList<KeyValuePair<string, Shape>> Content => members;

        public override JToken Create(JObject roots)
        {
            var created = new JObject();
            foreach (var (name, shape) in members)
            {
                var value = shape.Create(roots);
                if (shape is Constant || !Tokens.IsNull(value)) created[name] = value;
            }

            return created;
        }
    }

    public sealed class Items(IReadOnlyList<Shape> items) : Shape
    {
        public override IEnumerable<Expression> Expressions => items.SelectMany(i => i.Expressions);

        public override JToken Create(JObject roots)
        {
            var created = new JArray();
            foreach (var item in items) created.Add(item.Create(roots));
            return created;
        }
    }
}
