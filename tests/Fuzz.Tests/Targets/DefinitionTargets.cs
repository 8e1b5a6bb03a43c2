using System.Text;
using Connections.Connectors.Definitions;
using Connections.Connectors.Definitions.Expressions;
using Fuzz.Tests.Harness;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;

namespace Fuzz.Tests.Targets;

/// <summary>Definitions of connectors and their expressions, as users write them.</summary>
internal static class DefinitionTargets
{
    private const string Definition = """
        connector: acme
        name: Acme
        category: test
        description: A test.
        settings:
          company: { label: Company, required: true, pattern: "[a-z]+" }
        servers:
          api: "https://{settings.company}.acme.example/v1"
        authentication:
          key:
            credentials: { apiKey: { label: Key, required: true } }
            bearer: "{credentials.apiKey}"
        probe: { get: /me }
        identity: { value: body.id, basis: id }
        failures:
          - { status: 401, kind: reauthRequired }
        activities:
          get-item:
            inputSchema: { properties: { id: { type: string } } }
            get: /items/{input.id}
            output: { id: body.id, all: "body.items[?n > `1`].{a: a, b: b}" }
        """;

    private static readonly string[] Roots = ["input", "body", "settings"];

    // Enough to make an expression that multiplies its values expensive.
    private static readonly JObject Values = JObject.FromObject(new
    {
        input = new { to = "x", ids = Enumerable.Range(0, 30) },
        settings = new { company = "acme" },
        body = new { id = "7", items = Enumerable.Range(0, 30).Select(n => new { n, a = new string('a', n), b = new[] { 1, 2, 3 } }) }
    });

    public static IReadOnlyList<FuzzTarget> All { get; } =
    [
        new("definition", [Encoding.UTF8.GetBytes(Definition)],
            ["&a ", "*a", "!!str ", "<<: ", "- ", "---\n", "|\n  ", "\t", "? ", "{", "}", "'", "\n  ", "pattern: \"(a+)+$\"\n", "post: /x\n", "paging: ",
                "steps:\n", "https://{input.id}/", "{credentials.apiKey}", "%0A", "//evil.example", "..", "oauth: ", "@evil.example"],
            ReadDefinition)
        {
            Rounds = 5_000 // each one is a whole definition
        },
        new("expression",
            ["body.items[?n > `1`].{a: a, b: b}"u8.ToArray(), "map(&join(',', b), body.items)"u8.ToArray(), "$.input.to"u8.ToArray(),
                "replace(input.to, 'x', 'yyyy')"u8.ToArray(), "sort_by(body.items, &n)[-1].a || 'none'"u8.ToArray(), "[body, body, body][].items[]"u8.ToArray()],
            ["[]", "[*]", "*", ".*", "[?", "]", "$", "@", "&", "let ", " in ", "group_by(", "zip(", "items(", "from_items(", "pad_left(", "9999999", "[::", "||", "`",
                "find_first(", "split(", "to_string(", "merge(", "reverse(", "not_null(", "max_by("],
            Evaluate)
    ];

    private static Task ReadDefinition(byte[] input)
    {
        var file = DefinitionFile.Parse("acme.yaml", Encoding.UTF8.GetString(input));
        if (file.IsBroken && file.Faults.Count == 0) throw new InvalidOperationException("A definition was refused without a reason.");
        foreach (var fault in file.Faults)
            if (fault.Line < 1 || fault.Column < 1 || string.IsNullOrWhiteSpace(fault.Message))
                throw new InvalidOperationException($"A mistake is at {fault.Line}:{fault.Column}: {fault.Message}");
        if (!file.IsBroken) _ = file.Entry;
        return Task.CompletedTask;
    }

    private static Task Evaluate(byte[] input)
    {
        try
        {
            var result = Expression.Parse(Encoding.UTF8.GetString(input), Roots).Evaluate(Values);
            if (result.ToString(Formatting.None).Length is var length && length > MaxResult)
                throw new InvalidOperationException($"The result has {length} characters.");
        }
        catch (ExpressionFault)
        {
            // Refused, with advice.
        }

        return Task.CompletedTask;
    }

    // The growth that a definition may ask for, of all values.
    private static readonly int MaxResult = 500 * Values.ToString(Formatting.None).Length;
}
