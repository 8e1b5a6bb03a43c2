using EventSourcing.Sql;
using EventSourcing.Sql.Loops;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Connections.Hosting;

/// <summary>Before anything starts: a server that is away is waited for, one that lets nobody in is not.</summary>
internal sealed class PostgresStart(PostgresDatabase database, TimeProvider clock, ILogger<PostgresStart> log) : IHostedLifecycleService
{
    /// <exception cref="PostgresRefusedException">Waiting would not help.</exception>
    public async Task StartingAsync(CancellationToken cancellationToken)
    {
        var backoff = new Backoff(clock);
        string? said = null;
        while (await Trouble(cancellationToken) is { } trouble)
        {
            if (trouble != said) log.LogWarning("{Trouble} It is waited for", trouble);
            said = trouble;
            await backoff.Wait(cancellationToken);
        }

        if (said is not null) log.LogInformation("PostgreSQL at {Target} answers", database.Target);
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private async Task<string?> Trouble(CancellationToken ct)
    {
        try
        {
            await using var connection = await database.Open(ct);
            return null;
        }
        catch (PostgresUnreachableException away)
        {
            return away.Message;
        }
    }
}
