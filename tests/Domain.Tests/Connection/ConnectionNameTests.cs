using Connections.Domain.Connection;
using EventSourcing;

namespace Domain.Tests.Connection;

public sealed class ConnectionNameTests
{
    [Theory]
    [InlineData("Shop", "  shop ")]
    [InlineData("caf\u00e9", "CAFE\u0301")]
    public void Names_are_compared_trimmed_composed_and_ignoring_case(string a, string b) =>
        Assert.Equal(ConnectionName.Key(a), ConnectionName.Key(b));

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData(" \u00a0 ")]
    [InlineData("two\nlines")]
    [InlineData("nul\0")]
    public void An_invalid_name_is_rejected(string? typed)
    {
        var refused = Assert.Throws<RejectedException>(() => ConnectionName.Parse(typed));
        Assert.Equal("connection.invalid", refused.Code);
        Assert.Equal("name", Assert.Single(refused.Errors).Field);
    }

    [Fact]
    public void Half_a_surrogate_pair_is_not_a_name() => Assert.NotNull(ConnectionName.Problem(new string(['a', '\ud83d'])));

    [Fact]
    public void A_name_has_a_hundred_characters_at_most()
    {
        Assert.Equal(100, ConnectionName.Parse(new string('n', 100)).Length);
        Assert.Throws<RejectedException>(() => ConnectionName.Parse(new string('n', 101)));
    }

    [Fact]
    public void A_name_is_shown_as_typed_but_trimmed_and_composed() =>
        Assert.Equal("Caf\u00e9 \ud83d\ude80", ConnectionName.Parse(" Cafe\u0301 \ud83d\ude80 "));
}
