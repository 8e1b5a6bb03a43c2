namespace EventSourcing.Sql.Log;

/// <summary>A write that waits for the next commit. Its answer is known in the transaction and told after the commit.</summary>
internal abstract class PendingWrite(CancellationToken ct)
{
    public bool IsCancelled => ct.IsCancellationRequested;

    protected CancellationToken Token => ct;

    /// <summary>Refusals are remembered, not thrown: the writes beside it go on.</summary>
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

    protected Exception? Refusal { get; set; }

    public override void Answer()
    {
        if (Refusal is null) done.TrySetResult(Result!);
        else done.TrySetException(Refusal);
    }

    public override void Cancel() => done.TrySetCanceled(Token);

    public override void Fail(Exception e) => done.TrySetException(e);
}

internal sealed class PendingAppend(string stream, long expected, IReadOnlyList<NewEvent> events, CancellationToken ct)
    : PendingWrite<Appended>(ct)
{
    public override void Execute(LogTables tables, TimeProvider clock)
    {
        Refusal = null;
        if (tables.GetRevision(stream) == expected) Result = tables.Insert(stream, expected, events, clock.GetUtcNow());
        else if (tables.FindAppend(stream, expected, events) is { } first) Result = first;
        else Refusal = new StreamConflictException(stream, expected);
    }
}

internal sealed class PendingTrim(string stream, int keep, CancellationToken ct) : PendingWrite<bool>(ct)
{
    public override void Execute(LogTables tables, TimeProvider clock) => tables.Delete(stream, tables.GetRevision(stream) - keep);
}
