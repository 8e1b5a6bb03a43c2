namespace EventSourcing.Sql.Loops;

/// <summary>The checkpoint of a loop lies after the end of the log: it belongs to another log, or the log lost events.</summary>
public sealed class CheckpointAheadException(long checkpoint, long head) : Exception(
    $"The checkpoint is at position {checkpoint}, but the log ends at {head}: the log is another one, or was restored from an older backup. "
    + "Restore the log that belongs to these tables, or follow Restore in the runbook.");
