using System.Diagnostics;
using EventSourcing;

namespace Connections.Domain.Claims;

public abstract record ClaimEvent;

/// <param name="Attempt">Identifies one attempt to take the claim; a renewal is a new attempt.</param>
public sealed record ClaimTaken(Guid Connection, Guid Attempt) : ClaimEvent;

public sealed record ClaimReleased(Guid Connection, Guid Attempt) : ClaimEvent;

/// <summary>
/// The connection that last claimed a name or an account. The claim counts only while that connection's own stream confirms it.
/// </summary>
public sealed record ClaimState(Guid? Holder, Guid Attempt, bool Released)
{
    public static readonly ClaimState Initial = new(null, Guid.Empty, false);

    public static ClaimState Evolve(ClaimState was, ClaimEvent e) => e switch
    {
        ClaimTaken t => new ClaimState(t.Connection, t.Attempt, false),
        ClaimReleased => was with { Released = true },
        _ => throw new UnreachableException($"{e.GetType().Name} is not folded")
    };
}

public abstract record ClaimCommand;

/// <summary>Sent after the earlier holder was checked. A renewal of the holder's own claim appends an event too.</summary>
public sealed record TakeClaim(Guid Connection, Guid Attempt) : ClaimCommand;

/// <summary>Releases the claim that this attempt took, so that others need not wait. Any other claim stays unchanged.</summary>
public sealed record ReleaseClaim(Guid Connection, Guid Attempt) : ClaimCommand;

/// <summary>Claims: their stored names and rules.</summary>
public static class ClaimDecider
{
    public static readonly EventTypes Names = new EventTypes()
        .Map<ClaimTaken>("claim-taken")
        .Map<ClaimReleased>("claim-released");

    public static readonly Decider<ClaimState, ClaimCommand, ClaimEvent> Decider = new(ClaimState.Initial, ClaimState.Evolve, Decide);

    public static IReadOnlyList<ClaimEvent> Decide(ClaimCommand command, ClaimState now) => command switch
    {
        TakeClaim c => now.Attempt == c.Attempt && now.Holder == c.Connection ? [] : [new ClaimTaken(c.Connection, c.Attempt)],
        ReleaseClaim c when now == new ClaimState(c.Connection, c.Attempt, Released: false) => [new ClaimReleased(c.Connection, c.Attempt)],
        ReleaseClaim => [],
        _ => throw new UnreachableException($"{command.GetType().Name} is not decided")
    };
}
