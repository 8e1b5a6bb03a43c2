using System.Globalization;
using System.Text.Json;
using Connections.Domain;

namespace Connections.Connectors.Postgres;

internal sealed class PostgresConnector(PostgresDoor door, PostgresPools pools, TimeProvider clock) : IConnector
{
    public CatalogueEntry Entry { get; } = PostgresEntry.Create();

    public bool GuardsSignIn => true;

    public string? Target(JsonElement settings) => PostgresSettings.Of(settings) is var s ? $"postgres://{s.Host}:{s.Port}" : null;

    public bool Repeatable(string activity, JsonElement input, JsonElement settings) => !PostgresSettings.Of(settings).AllowWrites;

    public Account AccountAsTyped(JsonElement settings, Secret credentials) =>
        new(null, PostgresSettings.Of(settings).Display(credentials.Field("username") ?? ""), "address");

    public IReadOnlyList<AccountIdentity> IdentitiesAsTyped(JsonElement settings, Secret credentials)
    {
        var s = PostgresSettings.Of(settings);
        return [new AccountIdentity("address", JsonSerializer.Serialize<string[]>(
            [s.Host, s.Port.ToString(CultureInfo.InvariantCulture), s.Database, credentials.Field("username") ?? ""]))];
    }

    public Task<ProbeResult> Probe(ConnectionUse use, CancellationToken ct) =>
        new PostgresProbe(door, clock).Run(use, PostgresSettings.Of(use.Settings), IdentitiesAsTyped(use.Settings, use.Credentials), ct);

    public async Task<ConnectorResult> Run(ConnectionUse use, string activity, JsonElement input, CancellationToken ct)
    {
        var started = clock.GetTimestamp();
        if (SqlStatement.Parse(input, out var problem) is not { } statement)
            return new ConnectorResult.Failed(FailureKind.InvalidInput, problem!, Delivered.No, Answered: true);
        var settings = PostgresSettings.Of(use.Settings);
        var maxRows = input.TryGetProperty("maxRows", out var rows) && rows.TryGetInt32(out var wanted) ? wanted : PostgresEntry.DefaultRows;
        var pool = pools.For(use, settings, Entry.Concurrency);
        while (true)
        {
            var opening = await pool.Rent(ct);
            if (opening.Failure is { } failure) return Cleansed(failure, use.Credentials);
            var session = opening.Session!;
            try
            {
                var query = new PostgresQuery(settings, statement, Math.Clamp(maxRows, 1, PostgresEntry.MaxRows), clock);
                var result = await query.Run(session, use.Timeout - clock.GetElapsedTime(started), ct);
                if (result is ConnectorResult.Failed failed) return Cleansed(failed, use.Credentials);
                if (result is not null) return result;
            }
            finally
            {
                await pool.Return(session);
            }
        }
    }

    // servers quote what they were sent; should it ever be the password, it goes no further
    internal static ConnectorResult.Failed Cleansed(ConnectorResult.Failed failure, Secret credentials) =>
        credentials.Field("password") is { Length: >= 4 } password && failure.Message.Contains(password, StringComparison.Ordinal)
            ? failure with { Message = failure.Message.Replace(password, "***", StringComparison.Ordinal) }
            : failure;
}
