namespace EventSourcing.Sql.Loops;

/// <summary>The status of one loop, and waiting for status changes.</summary>
public sealed class LoopReport
{
    private readonly TimeProvider clock;
    private readonly Lock gate = new();
    private readonly List<(Func<LoopStatus, bool> Matches, TaskCompletionSource Done)> waiting = [];
    private LoopStatus status;

    internal LoopReport(string name, TimeProvider clock)
    {
        this.clock = clock;
        status = new LoopStatus(name, LoopState.Starting, Position.Start, CaughtUp: false, Error: null, clock.GetUtcNow());
    }

    public LoopStatus Status => Volatile.Read(ref status);

    public void Is(LoopState state, string? error = null) => Update(was => was with
    {
        State = state,
        Error = error,
        CaughtUp = was.CaughtUp && state == LoopState.Running,
        Since = was.State == state && was.Error == error ? was.Since : clock.GetUtcNow()
    });

    public void At(long position, bool caughtUp) => Update(was => was with { Position = position, CaughtUp = caughtUp });

    public Task Reached(long position, CancellationToken ct) =>
        Status.Position >= position ? Task.CompletedTask : Until(s => s.Position >= position, ct);

    public async Task Until(Func<LoopStatus, bool> matches, CancellationToken ct)
    {
        var entry = (matches, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        lock (gate)
        {
            if (matches(status)) return;
            waiting.Add(entry);
        }

        try
        {
            await entry.Item2.Task.WaitAsync(ct);
        }
        finally
        {
            lock (gate) waiting.Remove(entry);
        }
    }

    private void Update(Func<LoopStatus, LoopStatus> change)
    {
        lock (gate)
        {
            Volatile.Write(ref status, change(status));
            foreach (var (matches, done) in waiting)
            {
                if (matches(status)) done.TrySetResult();
            }
        }
    }
}
