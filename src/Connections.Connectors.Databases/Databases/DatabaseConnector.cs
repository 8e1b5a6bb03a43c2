using System.Text.Json;
using Connections.Connectors.Catalogue;
using Connections.Connectors.Pipeline;
using Connections.Domain;

namespace Connections.Connectors.Databases;

/// <summary>One statement, ready to be run on a session.</summary>
internal interface IDatabaseQuery<TSession> where TSession : DatabaseSession
{
    /// <returns>Null if a reused session turned out to be closed before anything was sent.</returns>
    Task<ConnectorResult?> Run(TSession session, TimeSpan? left, CancellationToken ct);
}

/// <summary>The common part of the database connectors: run-query and execute over a session pool, and identities derived from the form.</summary>
internal abstract class DatabaseConnector<TSession>(
    CatalogueEntry entry, int defaultPort, IDatabaseDriver<TSession> driver, SessionPools<TSession> pools, TimeProvider clock) : IConnector
    where TSession : DatabaseSession
{
    public CatalogueEntry Entry => entry;

    public bool GuardsSignIn => true;

    public string? Target(JsonElement settings) => Settings(settings).Target(entry.Id);

    public bool Repeatable(string activity, JsonElement input, JsonElement settings) =>
        activity != DatabaseEntry.Execute && !Settings(settings).AllowWrites;

    public Account AccountAsTyped(JsonElement settings, Secret credentials) =>
        new(null, Settings(settings).Display(credentials.Field("username") ?? ""), "address");

    public IReadOnlyList<AccountIdentity> IdentitiesAsTyped(JsonElement settings, Secret credentials) =>
        [Settings(settings).Address(credentials.Field("username") ?? "")];

    public Task<ProbeResult> Probe(ConnectionUse use, CancellationToken ct) => new DatabaseProbe<TSession>(driver, clock)
        .Run(use, Settings(use.Settings), IdentitiesAsTyped(use.Settings, use.Credentials)[0], ct);

    public async Task<ConnectorResult> Run(ConnectionUse use, string activity, JsonElement input, CancellationToken ct)
    {
        var started = clock.GetTimestamp();
        var settings = Settings(use.Settings);
        if (activity == DatabaseEntry.Execute && !settings.AllowWrites)
            return new ConnectorResult.Failed(
                FailureKind.InvalidInput, "This connection allows no writes: set its setting allowWrites to true.", Delivered.No, Answered: true);
        var maxRows = DatabaseSettings.Number(input, "maxRows", DatabaseEntry.DefaultRows);
        if (Query(input, settings, Math.Clamp(maxRows, 1, DatabaseEntry.MaxRows), out var problem) is not { } query)
            return new ConnectorResult.Failed(FailureKind.InvalidInput, problem!, Delivered.No, Answered: true);
        var pool = pools.For(use, settings, entry.Concurrency);
        while (true)
        {
            var opening = await pool.Rent(ct);
            if (opening.Failure is { } failure) return SecretMasking.Mask(failure, use.Credentials);
            var session = opening.Session!;
            try
            {
                using var limit = session.Limit(ct);
                var result = await query.Run(session, use.Timeout - clock.GetElapsedTime(started), limit.Token);
                if (result is ConnectorResult.Failed failed) return SecretMasking.Mask(failed, use.Credentials);
                if (result is ConnectorResult.Done done && activity == DatabaseEntry.Execute) return new ConnectorResult.Done(Changed(done.Output));
                if (result is not null) return result;
            }
            finally
            {
                await pool.Return(session);
            }
        }
    }

    private static JsonElement Changed(JsonElement output) => Json.Object(writer =>
    {
        writer.WriteNumber("rowsAffected", output.TryGetProperty("rowsAffected", out var rows) ? rows.GetInt64() : 0);
        if (output.GetProperty("columns").GetArrayLength() == 0) return;
        foreach (var member in output.EnumerateObject().Where(m => m.Name is "columns" or "rows" or "truncated")) member.WriteTo(writer);
    });

    /// <summary>Null if the statement is rejected; <paramref name="problem"/> then gives the reason.</summary>
    protected abstract IDatabaseQuery<TSession>? Query(JsonElement input, DatabaseSettings settings, int maxRows, out string? problem);

    private DatabaseSettings Settings(JsonElement settings) => DatabaseSettings.Parse(settings, defaultPort);
}
