using System.Reflection;
using System.Text.Json;
using System.Text.RegularExpressions;
using Connections.Domain;
using Connections.Domain.Activity;
using Connections.Domain.Claims;
using Connections.Domain.Connection;
using Connections.Domain.Token;

namespace Domain.Tests.Governance;

public sealed partial class EventTests
{
    private static readonly IReadOnlyList<Type> Events = [.. DomainTypes.Roots("Event").SelectMany(DomainTypes.Concrete)];

    [Fact]
    public void Events_are_found()
    {
        Assert.Contains(typeof(ConnectionEvent), DomainTypes.Roots("Event"));
        Assert.Contains(typeof(ActivityEvent), DomainTypes.Roots("Event"));
        Assert.Contains(typeof(ClaimEvent), DomainTypes.Roots("Event"));
        Assert.Contains(typeof(TokenEvent), DomainTypes.Roots("Event"));
        Assert.Equal(DomainTypes.Roots("Event").ToHashSet(), DomainTypes.Aggregates.Select(a => a.Event).ToHashSet());
        Assert.All(DomainTypes.Aggregates, aggregate => Assert.NotEmpty(aggregate.Events));
    }

    [Fact]
    public void Every_event_has_a_stored_name()
    {
        Assert.NotEmpty(Events);
        Assert.Equal(
            Events.Select(e => e.Name).Order(), DomainTypes.Aggregates.SelectMany(a => a.Names.Names.Keys).Select(e => e.Name).Order());
    }

    [Fact]
    public void Stored_names_are_kebab_case_and_unique_in_the_whole_log()
    {
        var names = DomainTypes.Aggregates.SelectMany(a => a.Names.Names.Values).ToList();
        Assert.NotEmpty(names);
        Assert.All(names, name => Assert.Matches(Kebab(), name));
        Assert.Equal(names.Distinct(), names);
    }

    [Fact]
    public void Every_event_is_folded()
    {
        Assert.NotEmpty(DomainTypes.Aggregates);
        foreach (var aggregate in DomainTypes.Aggregates)
            Assert.All(aggregate.Events, e => Assert.False(BlankInstance.IsUnknownTo(aggregate.Evolve, aggregate.Initial, BlankInstance.Create(e)), e.Name));
    }

    [Fact]
    public void No_event_holds_a_secret()
    {
        var members = Events.SelectMany(e => Members(e, [])).Distinct().ToList();
        Assert.NotEmpty(members);
        Assert.DoesNotContain(members, m => m.PropertyType == typeof(Secret));
        Assert.DoesNotContain(members, m => Holds(m.PropertyType) && Secretive().IsMatch(m.Name));
    }

    [Theory]
    [InlineData("Password")]
    [InlineData("ClientSecret")]
    [InlineData("RefreshToken")]
    [InlineData("ApiKey")]
    [InlineData("PrivateKey")]
    [InlineData("PassPhrase")]
    public void The_names_of_secrets_are_known(string member) => Assert.Matches(Secretive(), member);

    // Numbers, times, ids and flags contain no secret: a token's version is no token.
    private static bool Holds(Type type) =>
        type == typeof(string) || type == typeof(JsonElement) || type.IsArray || type.GetGenericArguments().Any(Holds);

    private static IEnumerable<PropertyInfo> Members(Type type, HashSet<Type> seen)
    {
        if (!seen.Add(type)) return [];
        return
        [
            .. from property in type.GetProperties(BindingFlags.Public | BindingFlags.Instance)
            from member in Inner(property.PropertyType).SelectMany(inner => Members(inner, seen)).Prepend(property)
            select member
        ];
    }

    private static IEnumerable<Type> Inner(Type type) =>
        type.GetGenericArguments().Prepend(type).Where(inner => inner.Assembly == DomainTypes.Assembly && !inner.IsEnum);

    [GeneratedRegex("^[a-z]+(-[a-z]+)*$")]
    private static partial Regex Kebab();

    [GeneratedRegex("password|pass_?phrase|secret|token|(api|private|access|secret)_?key|authorization|cookie", RegexOptions.IgnoreCase)]
    private static partial Regex Secretive();
}
