using Connections.Domain;

namespace Domain.Tests;

public sealed class StreamIdTests
{
    private static readonly Guid Id = new("0197a8c4-5d0e-7c3b-9a51-3f1f0c6f2b11");

    [Fact]
    public void An_id_reads_the_name_of_its_own_stream()
    {
        Assert.Equal("connection-default:0197a8c4-5d0e-7c3b-9a51-3f1f0c6f2b11", new ConnectionId("default", Id).Stream);
        Assert.Equal("activity-default:0197a8c4-5d0e-7c3b-9a51-3f1f0c6f2b11", new ActivityId("default", Id).Stream);
        Assert.Equal("token-default:0197a8c4-5d0e-7c3b-9a51-3f1f0c6f2b11", new ConnectionId("default", Id).Token.Stream);
        Assert.Equal(new ConnectionId("a-b", Id), ConnectionId.Parse(new ConnectionId("a-b", Id).Stream));
        Assert.Equal(new ActivityId("a-b", Id), ActivityId.Parse(new ActivityId("a-b", Id).Stream));
        Assert.Equal(new ConnectionId("a-b", Id), TokenId.Parse(new TokenId("a-b", Id).Stream).Connection);
        Assert.Equal("a-b", StreamName.Workspace(new TokenId("a-b", Id).Stream));
    }

    [Theory]
    [InlineData("activity-default:0197a8c4-5d0e-7c3b-9a51-3f1f0c6f2b11")]
    [InlineData("connection-default")]
    [InlineData("connection-:0197a8c4-5d0e-7c3b-9a51-3f1f0c6f2b11")]
    [InlineData("connection-default:0197a8c4")]
    [InlineData("connectionName-9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08")]
    [InlineData("")]
    public void Another_stream_is_not_read_as_a_connection(string stream)
    {
        var failure = Assert.Throws<FormatException>(() => ConnectionId.Parse(stream));
        Assert.Contains($"'{stream}'", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("connection")]
    [InlineData("connectionName-9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08")]
    public void A_stream_of_no_workspace_names_none(string stream) => Assert.Throws<FormatException>(() => StreamName.Workspace(stream));
}
