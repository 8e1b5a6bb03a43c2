using Connections.Domain.Activity;
using Connections.Domain.Claims;
using Connections.Domain.Connection;

namespace Domain.Tests.Governance;

public sealed class CommandTests
{
    [Fact]
    public void Every_command_is_decided()
    {
        Assert.Contains(typeof(ConnectionCommand), DomainTypes.Roots("Command"));
        Assert.Contains(typeof(ActivityCommand), DomainTypes.Roots("Command"));
        Assert.Contains(typeof(ClaimCommand), DomainTypes.Roots("Command"));
        Assert.Equal(DomainTypes.Roots("Command").ToHashSet(), DomainTypes.Aggregates.Select(a => a.Command).ToHashSet());
        foreach (var aggregate in DomainTypes.Aggregates)
        {
            Assert.NotEmpty(aggregate.Commands);
            Assert.All(aggregate.Commands, c => Assert.False(BlankInstance.IsUnknownTo(aggregate.Decide, BlankInstance.Create(c), aggregate.Initial), c.Name));
        }
    }

    [Fact]
    public void A_command_that_no_switch_handles_is_detected()
    {
        var aggregate = DomainTypes.Aggregates.First(a => a.Command == typeof(ClaimCommand));
        Assert.True(BlankInstance.IsUnknownTo(aggregate.Decide, new Forgotten(), aggregate.Initial));
    }

    private sealed record Forgotten : ClaimCommand;
}
