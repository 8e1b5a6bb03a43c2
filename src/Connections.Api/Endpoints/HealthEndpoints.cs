using Connections.Hosting;
using Dapper;
using EventSourcing;
using EventSourcing.Sql;

namespace Connections.Api;

/// <summary>Whether the process lives, and whether it can serve: asked by probes, without a key.</summary>
public static class HealthEndpoints
{
    public static void MapHealth(this IEndpointRouteBuilder routes)
    {
        var health = routes.MapGroup("/health").WithTags("Health");
        health.MapGet("/live", () => new HealthAnswer("live", null)).WithSummary("The process lives");
        health.MapGet("/ready", async (Readiness readiness, CancellationToken ct) =>
        {
            var answer = await readiness.Look(ct);
            return TypedResults.Json(answer, Json.Options, statusCode: answer.Status == "ready" ? 200 : 503);
        }).WithSummary("It can serve; if not, what is missing");
    }
}

/// <param name="Missing">What keeps it from serving, in words.</param>
public sealed record HealthAnswer(string Status, IReadOnlyList<string>? Missing);

/// <summary>Looks at the log, at the database of the rows, and at the loops of this process.</summary>
public sealed class Readiness(IEventLog log, ReadModelDatabase rows, LoopHealth loops)
{
    public async Task<HealthAnswer> Look(CancellationToken ct)
    {
        var missing = new List<string>();
        try
        {
            await log.Head(ct);
        }
        catch (Exception broken) when (broken is not OperationCanceledException)
        {
            missing.Add($"event log: {broken.GetType().Name}");
        }

        try
        {
            await using var connection = await rows.Sql.Open(ct);
            await connection.ExecuteScalarAsync<int?>(new CommandDefinition("SELECT 1 FROM connections LIMIT 1", cancellationToken: ct));
        }
        catch (Exception fresh) when (Stores.HaveNoTables(fresh))
        {
            missing.Add("read models: they are not there yet; a Connections.Worker makes them when it starts");
        }
        catch (Exception broken) when (broken is not OperationCanceledException)
        {
            missing.Add($"read models: {EventNotHandledException.Describe(broken)}");
        }

        missing.AddRange(loops.Loops.Where(l => l.State is LoopState.Failing or LoopState.Starting).Select(Describe));
        return missing.Count == 0 ? new HealthAnswer("ready", null) : new HealthAnswer("notReady", missing);
    }

    private static string Describe(LoopStatus loop) => loop.State == LoopState.Starting
        ? $"loop {loop.Name} is starting"
        : $"loop {loop.Name} stands behind position {loop.Position}: {loop.Error}";
}
