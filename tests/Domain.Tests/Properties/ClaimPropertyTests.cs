using Connections.Domain.Claims;
using CsCheck;

namespace Domain.Tests.Properties;

public sealed class ClaimPropertyTests : ClaimSpec
{
    private static readonly Gen<ClaimCommand> Command = Gen.Select(
        Gen.OneOf(Mine, Theirs),
        Gen.Int[1, 4].Select(n => new Guid(n, 0, 0, [0, 0, 0, 0, 0, 0, 0, 0])),
        Gen.Bool,
        (connection, attempt, takes) => takes ? new TakeClaim(connection, attempt) : (ClaimCommand)new ReleaseClaim(connection, attempt));

    [Fact]
    public void Only_taken_claims_are_released_and_only_once_for_any_commands_in_any_order() => Command.List[1, 40].Sample(
        commands =>
        {
            var walk = new RandomWalk<ClaimState, ClaimCommand, ClaimEvent>(ClaimDecider.Decider, ClaimDecider.Names);
            commands.ForEach(walk.Send);
            ClaimEvent? before = null;
            foreach (var e in walk.Events)
            {
                if (e is ClaimReleased released) Assert.Equal(new ClaimTaken(released.Connection, released.Attempt), before);
                before = e;
            }
        },
        iter: 3000);
}
