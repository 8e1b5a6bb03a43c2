namespace EventSourcing.Sql.Loops;

/// <summary>The effect of a handler on the checkpoint.</summary>
public enum CheckpointOutcome
{
    /// <summary>The checkpoint was moved in one transaction with the work.</summary>
    CheckpointMoved,

    /// <summary>The checkpoint may be saved later, because handling an event twice is harmless.</summary>
    CheckpointLater,

    /// <summary>The checkpoint was no longer at its expected position; the work was rolled back.</summary>
    CheckpointLost
}
