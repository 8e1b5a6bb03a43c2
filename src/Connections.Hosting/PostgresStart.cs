using EventSourcing;
using EventSourcing.Sql;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Connections.Hosting;

/// <summary>Waits for PostgreSQL before anything starts. A server that rejects the connection keeps the host from starting.</summary>
internal sealed class PostgresStart(PostgresDatabase database, TimeProvider clock, ILogger<PostgresStart> log) : IHostedLifecycleService
{
    /// <exception cref="PostgresRefusedException">The server rejects the connection.</exception>
    public async Task StartingAsync(CancellationToken cancellationToken)
    {
        var backoff = new Backoff(BackoffCurve.Default, clock);
        string? lastLogged = null;
        while (await Problem(cancellationToken) is { } problem)
        {
            if (problem != lastLogged) log.LogWarning("{Problem} The host waits for PostgreSQL", problem);
            lastLogged = problem;
            await backoff.Wait(cancellationToken);
        }

        if (lastLogged is not null) log.LogInformation("PostgreSQL at {Target} is available", database.Target);
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private async Task<string?> Problem(CancellationToken ct)
    {
        try
        {
            await using var connection = await database.Open(ct);
            return null;
        }
        catch (PostgresUnreachableException unavailable)
        {
            return unavailable.Message;
        }
    }
}
