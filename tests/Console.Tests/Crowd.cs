using System.Text.Json;
using Connections.Domain;
using Connections.Domain.Connection;
using Connections.Hosting;
using EventSourcing;
using EventSourcing.Sql;
using EventSourcing.Sql.Loops;

namespace Console.Tests;

/// <summary>A workspace with 10,000 connections, written to the log before the service starts.</summary>
internal static class Crowd
{
    public const string Workspace = "crowd";
    public const int Size = 10_000;

    private static readonly EventMetadata Metadata = new(Workspace, "tests");

    // The reactors would publish a message for each connection.
    private static readonly string[] Reactors = ["publish-connections", "destroy-secrets"];

    public static async Task Fill(string folder)
    {
        var settings = JsonSerializer.SerializeToElement(new { host = "db.example.com", port = 5432, database = "shop", tls = "verify" });
        var credentials = JsonSerializer.SerializeToElement(new { username = "app", password = "***" });
        using var log = SqliteEventLog.Open(Path.Combine(folder, EmbeddedStores.LogFile), TimeProvider.System);
        await Parallel.ForEachAsync(Enumerable.Range(0, Size), new ParallelOptions { MaxDegreeOfParallelism = 256 }, async (i, ct) =>
        {
            var account = new Account($"c{i}", $"app{i}@db{i % 50}.example.com", "typed");
            var created = new ConnectionCreated("postgres", Name(i), settings, credentials, "v1-none", account, [$"crowd-{i}"], Outcome.Ok);
            List<NewEvent> events = [Event(created)];
            if (i % 100 == 0) events.Add(Event(new ConnectionReauthRequired("The server rejects the password.", 1)));
            await log.Append(new ConnectionId(Workspace, Guid.NewGuid()).Stream, Revision.NoStream, events, ct);
        });
        await using var service = new SqliteDatabase(Path.Combine(folder, EmbeddedStores.ServiceFile), SqliteDurability.Rebuildable);
        await Checkpoints.Tables.Apply(service, default);
        foreach (var reactor in Reactors) await new Checkpoints(service).Move(reactor, Position.Start, await log.Head(default), default);
    }

    public static string Name(int number) => $"pg-crowd-{number:00000}-prod";

    private static NewEvent Event(ConnectionEvent e) => ConnectionDecider.Names.Write(Guid.CreateVersion7(), e, Metadata);
}
