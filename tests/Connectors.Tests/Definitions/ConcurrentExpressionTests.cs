using Connections.Connectors.Definitions.Expressions;
using Connections.Connectors.Definitions.Model;
using DevLab.JmesPath;
using Newtonsoft.Json.Linq;

namespace Connectors.Tests.Definitions;

/// <summary>An expression is parsed once and evaluated by many calls at once. No evaluation may see the values of another.</summary>
public sealed class ConcurrentExpressionTests
{
    private const int Values = 50;
    private const int Evaluations = 20_000;

    private static readonly string[] Texts =
    [
        "abs(input.n)", "avg(input.ns)", "ceil(input.n)", "contains(input.a, 's1')", "ends_with(input.a, '1 ')", "find_first(input.a, ',')",
        "find_last(input.a, ',')", "floor(input.n)", "from_items(items(input.m))", "group_by(input.o, &x)", "join('-', input.l)", "keys(input.m)",
        "length(input.a)", "lower(input.a)", "map(&x, input.o)", "max(input.ns)", "max_by(input.o, &y).x", "merge(input.m, {k: input.a})",
        "min(input.ns)", "min_by(input.o, &y).x", "not_null(input.none, input.a)", "replace(input.a, ',', ';')", "reverse(input.l)",
        "sort(input.l)", "sort_by(input.o, &x)", "split(input.a, ',')", "starts_with(input.a, ' s1')", "sum(input.ns)", "to_array(input.a)",
        "to_number(input.text)", "to_string(input.m)", "trim(input.a)", "trim_left(input.a)", "trim_right(input.a)", "type(input.a)",
        "upper(input.a)", "values(input.m)", "zip(input.l, input.l)", "entries(input.m)", "number(input.text)", "time_ms(input.n)",
        "time_s(input.n)", "seconds_until(input.n, input.n)", "time_rfc2822(input.date)", "unescape_html(input.a)", "json(input.m)", "ascii_json(input.m)",
        "parse_json(input.text)", "base64(input.a)", "comma(input.l)", "unless(input.a, 'x')", "pick(input.m, input.key)",
        "input.o[?x == $.input.first].x | [0]", "{a: split(input.a, ',')[0], b: join(',', map(&x, input.o))}"
    ];

    public static TheoryData<string> Expressions => [.. Texts];

    [Theory]
    [MemberData(nameof(Expressions))]
    public void Evaluations_at_once_do_not_mix_their_values(string text)
    {
        var expression = Expression.Parse(text, Roots.Request);
        var roots = Enumerable.Range(0, Values).Select(Make).ToArray();
        var alone = roots.Select(r => Result(expression, r)).ToArray();
        var mixed = 0;
        Parallel.For(0, Evaluations, new ParallelOptions { MaxDegreeOfParallelism = 4 }, i =>
        {
            if (Result(expression, roots[i % Values]) != alone[i % Values]) Interlocked.Increment(ref mixed);
        });
        Assert.Equal(0, mixed);
    }

    [Fact]
    public void Every_function_of_the_language_is_tried() =>
        Assert.All(AddedFunctions.Names(AddedFunctions.Register(new JmesPath())), name => Assert.Contains(Texts, t => t.Contains($"{name}(", StringComparison.Ordinal)));

    private static string Result(Expression expression, JObject roots)
    {
        try
        {
            return expression.Evaluate(roots).ToString();
        }
        catch (ExpressionFault fault)
        {
            return fault.Message;
        }
    }

    private static JObject Make(int i) => new()
    {
        ["input"] = new JObject
        {
            ["a"] = $" s{i},t{i} ",
            ["n"] = i + 0.5,
            ["ns"] = new JArray(i, 7),
            ["text"] = $"{i}",
            ["key"] = $"k{i}",
            ["first"] = $"v{i}",
            ["l"] = new JArray($"q{i}", $"p{i}"),
            ["m"] = new JObject { [$"k{i}"] = $"{i}" },
            ["date"] = $"Mon, 30 Nov 2026 05:00:{i:00} +0000",
            ["o"] = new JArray(new JObject { ["x"] = $"v{i}", ["y"] = i }, new JObject { ["x"] = $"w{i}", ["y"] = 7 })
        }
    };
}
