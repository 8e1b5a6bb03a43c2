namespace EventSourcing.Sql.Log;

/// <summary>A write that waits for the next commit. The result is known inside the transaction and reported after the commit.</summary>
internal abstract class PendingWrite(CancellationToken ct)
{
    public bool IsCancelled => ct.IsCancellationRequested;

    protected CancellationToken Token => ct;

    /// <summary>Stores a rejection instead of throwing it, so that the other writes of the transaction continue.</summary>
    public abstract void Execute(LogTables tables, TimeProvider clock);

    public abstract void Answer();

    public abstract void Cancel();

    public abstract void Fail(Exception e);
}

internal abstract class PendingWrite<T>(CancellationToken ct) : PendingWrite(ct)
{
    private readonly TaskCompletionSource<T> done = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task<T> Done => done.Task;

    protected T? Result { get; set; }

    protected Exception? Rejection { get; set; }

    public override void Answer()
    {
        if (Rejection is null) done.TrySetResult(Result!);
        else done.TrySetException(Rejection);
    }

    public override void Cancel() => done.TrySetCanceled(Token);

    public override void Fail(Exception e) => done.TrySetException(e);
}

internal sealed class PendingAppend(string stream, long expected, IReadOnlyList<NewEvent> events, CancellationToken ct)
    : PendingWrite<Appended>(ct)
{
    public override void Execute(LogTables tables, TimeProvider clock)
    {
        Rejection = null;
        if (tables.GetRevision(stream) == expected) Result = tables.Insert(stream, expected, events, clock.GetUtcNow());
        else if (tables.FindAppend(stream, expected, events) is { } first) Result = first;
        else Rejection = new StreamConflictException(stream, expected);
    }
}

internal sealed class PendingTrim(string stream, int keep, CancellationToken ct) : PendingWrite<bool>(ct)
{
    public override void Execute(LogTables tables, TimeProvider clock) => tables.Delete(stream, tables.GetRevision(stream) - keep);
}
