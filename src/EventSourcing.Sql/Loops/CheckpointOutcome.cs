namespace EventSourcing.Sql.Loops;

/// <summary>What a handling did with the checkpoint.</summary>
public enum CheckpointOutcome
{
    /// <summary>In one transaction with the work.</summary>
    CheckpointMoved,

    /// <summary>It may follow: what is handled twice does no harm.</summary>
    CheckpointLater,

    /// <summary>It was not there any more; the work was undone.</summary>
    CheckpointLost
}
