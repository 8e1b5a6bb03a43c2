using System.Collections.Concurrent;
using Dapper;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace EventSourcing.Sql.Loops;

/// <summary>
/// Leases as rows: name, owner, until, by the clock of the database. Renewed every 2 seconds, lost after 8. The holder counts its 8 seconds
/// on its own clock, from before it asked: it never believes longer than the row says. Who waits for one asks when it ends.
/// </summary>
public sealed class Leases(SqlDatabase database, string owner, string databaseClock, TimeProvider clock, ILogger<Leases> logger)
    : BackgroundService, ILeases
{
    public static readonly TimeSpan Renewal = TimeSpan.FromSeconds(2);
    public static readonly TimeSpan Duration = TimeSpan.FromSeconds(8);
    public static readonly Migrations Tables = new(
        "leases", "CREATE TABLE leases (name TEXT PRIMARY KEY, owner TEXT NOT NULL, until BIGINT NOT NULL)");

    private readonly ConcurrentDictionary<string, long?> wanted = new();
    private readonly ConcurrentQueue<string> returned = new();
    private readonly Signal renewed = new();
    private readonly Signal requestedAt = new();
    private TimeSpan pause = Renewal;
    private bool prepared;

    public bool Holds(string name) =>
        wanted.TryGetValue(name, out var since) && since is { } renewal && clock.GetElapsedTime(renewal) < Duration;

    public async Task Wait(string name, CancellationToken ct)
    {
        if (wanted.TryAdd(name, null)) requestedAt.Set();
        while (true)
        {
            var next = renewed.Next;
            if (Holds(name)) return;
            await next.WaitAsync(ct);
        }
    }

    /// <summary>Renews what is held, takes what is wanted and free, and lets go what was given back.</summary>
    public async Task Renew(CancellationToken ct)
    {
        if (!prepared) await Tables.Apply(database, ct);
        prepared = true;
        pause = Renewal;
        if (wanted.IsEmpty && returned.IsEmpty) return;
        var before = clock.GetTimestamp();
        var held = new List<string>();
        await using (var write = await database.BeginWrite(ct))
        {
            while (returned.TryDequeue(out var name)) await Delete(name, write, ct);
            foreach (var name in wanted.Keys.Order(StringComparer.Ordinal)) // in one order everywhere: no deadlock
            {
                var mine = await write.Connection.ExecuteAsync(new CommandDefinition(
                    $"""
                    INSERT INTO leases (name, owner, until) VALUES (@name, @owner, {databaseClock} + @duration)
                    ON CONFLICT (name) DO UPDATE SET owner = excluded.owner, until = excluded.until
                    WHERE leases.owner = excluded.owner OR leases.until <= {databaseClock}
                    """,
                    new { name, owner, duration = (long)Duration.TotalMilliseconds },
                    write.Transaction,
                    cancellationToken: ct));
                if (mine == 1) held.Add(name);
            }

            pause = await NextEnd([.. wanted.Keys.Except(held)], write, ct);
            await write.Commit(ct);
        }

        foreach (var (name, since) in wanted) wanted.TryUpdate(name, held.Contains(name) ? before : null, since); // given back meanwhile, it stays so
        renewed.Set();
    }

    // until one of those that others hold ends, if they do not renew it
    private async Task<TimeSpan> NextEnd(string[] others, SqlWrite write, CancellationToken ct)
    {
        var next = Renewal;
        foreach (var name in others)
        {
            var left = await write.Connection.ExecuteScalarAsync<long?>(new CommandDefinition(
                $"SELECT until - {databaseClock} FROM leases WHERE name = @name", new { name }, write.Transaction, cancellationToken: ct));
            if (left is { } ms && TimeSpan.FromMilliseconds(ms) < next) next = TimeSpan.FromMilliseconds(Math.Max(ms, 50));
        }

        return next;
    }

    /// <summary>Gives everything back, so that another instance need not wait for the end of the lease.</summary>
    public async Task Release(CancellationToken ct)
    {
        foreach (var name in wanted.Keys) wanted[name] = null;
        await using var write = await database.BeginWrite(ct);
        foreach (var name in wanted.Keys.Order(StringComparer.Ordinal)) await Delete(name, write, ct); // as in Renew
        await write.Commit(ct);
    }

    public void GiveBack(string name)
    {
        wanted.TryRemove(name, out _);
        returned.Enqueue(name);
        requestedAt.Set();
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        if (!prepared) return;
        try
        {
            await Release(cancellationToken);
        }
        catch (Exception e)
        {
            logger.LogWarning("Leases could not be given back, and end by themselves: {Error}", EventNotHandledException.Describe(e));
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        string? said = null;
        while (!stoppingToken.IsCancellationRequested)
        {
            var next = requestedAt.Next;
            try
            {
                await Renew(stoppingToken);
                said = null;
            }
            catch (Exception e) when (!stoppingToken.IsCancellationRequested)
            {
                var error = EventNotHandledException.Describe(e);
                if (error != said) logger.LogWarning("Leases could not be renewed: {Error}", error);
                said = error;
            }

            await Task.WhenAny(next, Task.Delay(pause, clock, stoppingToken));
        }
    }

    private Task<int> Delete(string name, SqlWrite write, CancellationToken ct) => write.Connection.ExecuteAsync(new CommandDefinition(
        "DELETE FROM leases WHERE name = @name AND owner = @owner", new { name, owner }, write.Transaction, cancellationToken: ct));
}
