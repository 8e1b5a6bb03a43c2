using System.CommandLine;
using Connections.Credentials.Vault;
using Connections.Files.Records;
using Connections.Hosting;
using Connections.Hosting.Keys;
using Connections.Hosting.Sessions;
using Connections.ReadModels;
using Connections.ReadModels.Retention;
using EventSourcing.Sql;
using EventSourcing.Sql.Loops;
using Microsoft.Extensions.DependencyInjection;

namespace Connections.Commands;

/// <summary>Creates and migrates the tables of all hosts, so that no host has to do it when it starts.</summary>
internal sealed class MigrateCommand()
    : OperatorCommand("migrate", "Creates the missing tables, and migrates older ones to this version")
{
    public override async Task Run(IServiceProvider services, ParseResult line, CancellationToken ct)
    {
        var all = Tables(services).ToList();
        foreach (var (database, tables) in all)
        {
            var version = await tables.Version(database, ct);
            Console.WriteLine(version >= tables.Steps.Length
                ? $"{tables.Part}: at version {version}, nothing to do"
                : $"{tables.Part}: from version {version} to {tables.Steps.Length}");
        }

        foreach (var (database, tables) in all) await Apply(services, tables, database, ct);
        Console.WriteLine("All tables are up to date.");
    }

    /// <summary>
    /// Creates or migrates tables. Those of a running service are not changed beneath it. The ones that it has not created yet, because it
    /// just starts, are created.
    /// </summary>
    /// <exception cref="CommandException">The tables of a running service have another version.</exception>
    public static async Task Apply(IServiceProvider services, Migrations tables, SqlDatabase database, CancellationToken ct)
    {
        if (database.Provider == SqlProvider.Sqlite && services.GetService<EmbeddedFolder>() is { InUse: true } folder
            && await tables.Version(database, ct) is var version and > 0 && version < tables.Steps.Length)
        {
            throw CommandException.Failed(
                $"The service that uses {folder.Path} has the tables of \"{tables.Part}\" in version {version}, and this program needs version "
                + $"{tables.Steps.Length}. Stop the service, and start it again with this program.");
        }

        await tables.Apply(database, ct);
    }

    /// <summary>Migrates the SQLite files only. In a new data folder no host has created their tables yet.</summary>
    public static async Task MigrateEmbedded(IServiceProvider services, CancellationToken ct)
    {
        foreach (var (database, tables) in Tables(services))
            if (database.Provider == SqlProvider.Sqlite) await Apply(services, tables, database, ct);
    }

    private static IEnumerable<(SqlDatabase Database, Migrations Tables)> Tables(IServiceProvider services)
    {
        var (rows, service) = (services.GetRequiredService<ReadModelDatabase>().Sql, services.GetRequiredService<ServiceDatabase>().Sql);
        yield return (rows, Checkpoints.Tables);
        if (!ReferenceEquals(rows, service)) yield return (service, Checkpoints.Tables);
        if (service.Provider == SqlProvider.PostgreSql) yield return (service, Leases.Tables);
        foreach (var model in ReadModelRegistry.All) yield return (model.Database(services), model.Projection(services).Tables);
        yield return (service, ClockGuard.Tables);
        var vault = services.GetRequiredService<VaultDatabase>().Sql;
        yield return (vault, VaultTables.For(vault.Provider));
        yield return (vault, FileTables.Tables);
        var keys = services.GetRequiredService<KeyDatabase>().Sql;
        yield return (keys, ApiKeys.Tables);
        yield return (keys, SessionStore.Tables);
    }
}
