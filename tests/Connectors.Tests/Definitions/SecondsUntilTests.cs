using Connections.Connectors.Definitions.Expressions;
using Connections.Connectors.Definitions.Model;
using Newtonsoft.Json.Linq;

namespace Connectors.Tests.Definitions;

/// <summary>The wait until a time that an API names in a header.</summary>
public sealed class SecondsUntilTests
{
    [Theory]
    [InlineData("1700000060", 60)]
    [InlineData("1700003600", 3600)]
    [InlineData("1700000000.4", 1)]
    [InlineData("1700000001.001", 2)]
    [InlineData("1700000000", 1)]
    [InlineData("1600000000", 1)]
    [InlineData("soon", null)]
    [InlineData("", null)]
    [InlineData(null, null)]
    public void The_seconds_until_a_time_are_whole_and_at_least_one(string? reset, int? seconds)
    {
        var roots = new JObject { ["headers"] = new JObject { ["x-reset"] = reset }, ["at"] = new JObject { ["ms"] = 1_700_000_000_000 } };
        var found = Expression.Parse("seconds_until(headers.\"x-reset\", at.ms)", Roots.Answer).Evaluate(roots);
        Assert.Equal(seconds, Tokens.IsNull(found) ? null : (int)found);
    }
}
