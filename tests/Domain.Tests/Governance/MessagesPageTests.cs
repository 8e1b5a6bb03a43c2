using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using System.Text.RegularExpressions;
using Connections.Contracts;

namespace Domain.Tests.Governance;

/// <summary>
/// docs/messages.md lists exactly the messages of Connections.Contracts, with their fields and types, and an example of each.
/// </summary>
public sealed partial class MessagesPageTests
{
    private static readonly string Page = File.ReadAllText(Path.Combine(Repository.Root.FullName, "docs", "messages.md"));

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        TypeInfoResolver = new DefaultJsonTypeInfoResolver(),
        UnmappedMemberHandling = System.Text.Json.Serialization.JsonUnmappedMemberHandling.Disallow
    };

    private static readonly Dictionary<string, Type> Parts =
        new[] { typeof(ConnectionReference), typeof(Caller), typeof(ActivityError), typeof(ActivityProgress), typeof(ConnectedAccount) }
            .ToDictionary(t => JsonNamingPolicy.CamelCase.ConvertName(t.Name));

    private static readonly Dictionary<string, Type> Messages = typeof(RunActivity).Assembly.GetExportedTypes()
        .Where(t => t is { IsClass: true, IsAbstract: false } && !Parts.ContainsValue(t))
        .ToDictionary(t => JsonNamingPolicy.KebabCaseLower.ConvertName(t.Name));

    [Fact]
    public void The_page_lists_exactly_the_messages_with_their_fields_and_types()
    {
        var documented = ReadPage();
        Assert.Equal(18, Messages.Count);
        Assert.Equal(Messages.Keys.Concat(Parts.Keys).Order(), documented.Keys.Order());
        Assert.All(documented, t => Assert.Equal(Fields(Messages.GetValueOrDefault(t.Key) ?? Parts[t.Key]), t.Value));
    }

    [Fact]
    public void Each_message_has_an_example_with_all_required_fields()
    {
        var documented = ReadPage();
        var examples = Example().Matches(Page).ToDictionary(m => m.Groups["name"].Value, m => m.Groups["json"].Value);
        Assert.Equal(Messages.Keys.Order(), examples.Keys.Order());
        foreach (var (name, example) in examples)
        {
            Assert.NotNull(JsonSerializer.Deserialize(example, Messages[name], Json));
            using var body = JsonDocument.Parse(example);
            var missing = documented[name].Where(f => !f.EndsWith('?')).Select(f => f.Split(':')[0])
                .Where(f => !body.RootElement.TryGetProperty(f, out _));
            Assert.Empty(missing.Select(field => $"{name}: {field}"));
        }
    }

    private static Dictionary<string, List<string>> ReadPage()
    {
        var documented = new Dictionary<string, List<string>>();
        List<string>? fields = null;
        foreach (Match row in Row().Matches(Page))
        {
            if (row.Groups["message"].Success) documented.Add(row.Groups["message"].Value, fields = []);
            else fields!.Add($"{row.Groups["field"].Value}: {row.Groups["type"].Value}");
        }

        foreach (var list in documented.Values) list.Sort(StringComparer.Ordinal);
        return documented;
    }

    private static List<string> Fields(Type type)
    {
        var nullability = new NullabilityInfoContext();
        return
        [
            .. type.GetProperties().Where(p => p.Name != "EqualityContract")
                .Select(p => $"{JsonNamingPolicy.CamelCase.ConvertName(p.Name)}: {InWords(p.PropertyType)}"
                    + (nullability.Create(p).ReadState == NullabilityState.Nullable ? "?" : ""))
                .Order(StringComparer.Ordinal)
        ];
    }

    private static string InWords(Type type) => (Nullable.GetUnderlyingType(type) ?? type) switch
    {
        var t when t == typeof(string) => "text",
        var t when t == typeof(int) || t == typeof(long) => "number",
        var t when t == typeof(Guid) => "uuid",
        var t when t == typeof(DateTimeOffset) => "time",
        var t when t == typeof(JsonElement) => "object",
        var t => Parts.Single(p => p.Value == t).Key
    };

    [GeneratedRegex(
        @"^\| (?:\*\*`(?<message>[\w-]+)`\*\* \| \| \| .*|\| `(?<field>\w+)` \| (?<type>\w+\??) \|.*)$",
        RegexOptions.Multiline)]
    private static partial Regex Row();

    [GeneratedRegex(@"^`(?<name>[\w-]+)`\n\n```json\n(?<json>.*?)\n```$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Example();
}
