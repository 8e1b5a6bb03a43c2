using System.Collections.Concurrent;
using Dapper;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace EventSourcing.Sql.Loops;

/// <summary>
/// Leases as rows of name, owner and end, by the clock of the database. A lease is renewed every 2 seconds and ends after 8. The holder
/// counts the 8 seconds on its own clock, starting before the request, so that it never assumes more time than the row grants. An instance
/// that waits for a lease tries again when the lease ends.
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
    private readonly Signal requested = new();
    private TimeSpan pause = Renewal;
    private bool prepared;

    public bool Holds(string name) =>
        wanted.TryGetValue(name, out var since) && since is { } renewal && clock.GetElapsedTime(renewal) < Duration;

    public async Task Wait(string name, CancellationToken ct)
    {
        if (wanted.TryAdd(name, null)) requested.Set();
        while (true)
        {
            var next = renewed.Next;
            if (Holds(name)) return;
            await next.WaitAsync(ct);
        }
    }

    /// <summary>Renews held leases, takes wanted ones that are free, and deletes returned ones.</summary>
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
            foreach (var name in wanted.Keys.Order(StringComparer.Ordinal)) // a fixed order prevents deadlocks
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

        // A lease released meanwhile stays released.
        foreach (var (name, since) in wanted) wanted.TryUpdate(name, held.Contains(name) ? before : null, since);
        renewed.Set();
    }

    // Time until the first lease of another holder ends, unless it is renewed.
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

    /// <summary>Releases all leases, so that other instances need not wait for them to end.</summary>
    public async Task Release(CancellationToken ct)
    {
        foreach (var name in wanted.Keys) wanted[name] = null;
        await using var write = await database.BeginWrite(ct);
        foreach (var name in wanted.Keys.Order(StringComparer.Ordinal)) await Delete(name, write, ct); // the same order as in Renew
        await write.Commit(ct);
    }

    public void GiveBack(string name)
    {
        wanted.TryRemove(name, out _);
        returned.Enqueue(name);
        requested.Set();
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
            logger.LogWarning("Leases could not be released and will expire: {Error}", EventNotHandledException.Describe(e));
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        string? lastLogged = null;
        while (!stoppingToken.IsCancellationRequested)
        {
            var next = requested.Next;
            try
            {
                await Renew(stoppingToken);
                lastLogged = null;
            }
            catch (Exception e) when (!stoppingToken.IsCancellationRequested)
            {
                var error = EventNotHandledException.Describe(e);
                if (error != lastLogged) logger.LogWarning("Leases could not be renewed: {Error}", error);
                lastLogged = error;
            }

            await Task.WhenAny(next, Task.Delay(pause, clock, stoppingToken));
        }
    }

    private Task<int> Delete(string name, SqlWrite write, CancellationToken ct) => write.Connection.ExecuteAsync(new CommandDefinition(
        "DELETE FROM leases WHERE name = @name AND owner = @owner", new { name, owner }, write.Transaction, cancellationToken: ct));
}
