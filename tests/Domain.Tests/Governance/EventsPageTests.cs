using System.Text.Json;
using System.Text.RegularExpressions;
using Connections.Domain;
using Connections.Domain.Activity;
using EventSourcing;

namespace Domain.Tests.Governance;

/// <summary>docs/events.md lists exactly the stored events, with their fields and types.</summary>
public sealed partial class EventsPageTests
{
    private static readonly string Page = File.ReadAllText(Path.Combine(Repository.Root.FullName, "docs", "events.md"));

    private static readonly Dictionary<string, Type> Stored = DomainTypes.Aggregates
        .SelectMany(aggregate => aggregate.Names.Names)
        .Select(e => (e.Value, e.Key))
        .Append(("metadata", typeof(EventMetadata)))
        .Append(("account", typeof(Account)))
        .Append(("facts", typeof(ActivityFacts)))
        .Append(("progress", typeof(StageProgress)))
        .Append(("caller", typeof(Caller)))
        .ToDictionary(e => e.Item1, e => e.Item2);

    [Fact]
    public void The_page_lists_exactly_the_stored_events()
    {
        var documented = ReadPage();
        Assert.True(documented.Count > 10);
        Assert.Equal(Stored.Keys.Order(), documented.Keys.Order());
    }

    [Fact]
    public void The_page_lists_exactly_the_stored_fields_with_their_types()
    {
        var documented = ReadPage();
        Assert.NotEmpty(documented);
        Assert.NotEmpty(documented.SelectMany(e => e.Value));
        Assert.All(documented, e => Assert.Equal(Fields(Stored[e.Key]), e.Value));
    }

    [Fact]
    public void Each_kind_of_failure_is_on_the_page() =>
        Assert.All(Enum.GetValues<FailureKind>(), kind => Assert.Contains($"`{Outcome.From(kind)}`", Page, StringComparison.Ordinal));

    [Fact]
    public void The_streams_are_named_as_on_the_page()
    {
        var streams = StreamRow().Matches(Page).Select(m => m.Groups[1].Value).Order();
        var id = new Guid("66666666-0000-0000-0000-000000000001");
        Assert.Equal(
            new[]
            {
                new ConnectionId("{workspace}", id).Stream.Replace($"{id}", "{id}", StringComparison.Ordinal),
                new ActivityId("{workspace}", id).Stream.Replace($"{id}", "{id}", StringComparison.Ordinal),
                new TokenId("{workspace}", id).Stream.Replace($"{id}", "{connectionId}", StringComparison.Ordinal),
                ClaimId.ForAccount("{hash}").Stream,
                Hash().Replace(ClaimId.ForName("default", "postgres", "Shop").Stream, "{hash}")
            }.Order(),
            streams);
    }

    private static Dictionary<string, List<string>> ReadPage()
    {
        var documented = new Dictionary<string, List<string>>();
        List<string>? fields = null;
        foreach (Match row in Row().Matches(Page))
        {
            if (row.Groups["event"].Success) documented.Add(row.Groups["event"].Value, fields = []);
            else fields!.Add($"{row.Groups["field"].Value}: {row.Groups["type"].Value}");
        }

        foreach (var list in documented.Values) list.Sort(StringComparer.Ordinal);
        return documented;
    }

    private static List<string> Fields(Type type) =>
    [
        .. EventTypes.Json.GetTypeInfo(type).Properties
            .Select(p => $"{p.Name}: {InWords(p.PropertyType)}{(p.IsGetNullable ? "?" : "")}")
            .Order(StringComparer.Ordinal)
    ];

    private static string InWords(Type type) => (Nullable.GetUnderlyingType(type) ?? type) switch
    {
        var t when t == typeof(string) || t.IsEnum => "text",
        var t when t == typeof(int) || t == typeof(long) => "number",
        var t when t == typeof(bool) => "flag",
        var t when t == typeof(Guid) => "uuid",
        var t when t == typeof(DateTimeOffset) => "time",
        var t when t == typeof(JsonElement) => "object",
        var t when t == typeof(IReadOnlyList<string>) => "list of text",
        var t => Stored.Single(e => e.Value == t).Key
    };

    [GeneratedRegex(
        @"^\| (?:\*\*`(?<event>[\w-]+)`\*\* \| \| \| .*|\| `(?<field>\w+)` \| (?<type>[\w ]+\??) \|.*)$",
        RegexOptions.Multiline)]
    private static partial Regex Row();

    [GeneratedRegex(@"^\| `(\w+-\{.*?)` \|", RegexOptions.Multiline)]
    private static partial Regex StreamRow();

    [GeneratedRegex("[0-9a-f]{64}")]
    private static partial Regex Hash();
}
