using System.Text.Json;
using Connections.Console.Words;
using Connections.Domain;
using Connections.Domain.Connection;
using Connections.Domain.Token;
using Connections.ReadModels.Activities;
using Connections.ReadModels.Connections;
using Connections.Web.Responses;
using EventSourcing;
using EventSourcing.Sql;
using Microsoft.Extensions.Time.Testing;
using TestServers;

namespace Console.Tests;

/// <summary>A connection with its history.</summary>
public sealed class StoryTests : IAsyncLifetime
{
    private static readonly JsonElement Nothing = JsonDocument.Parse("{}").RootElement;

    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("story-");
    private readonly FakeTimeProvider clock = new(new DateTimeOffset(2026, 11, 30, 12, 0, 0, TimeSpan.Zero));
    private readonly ConnectionId id = new("default", Guid.NewGuid());
    private CountingLog log = null!;
    private SqliteDatabase database = null!;

    public async ValueTask InitializeAsync()
    {
        log = new CountingLog(new InMemoryEventLog(clock));
        database = new SqliteDatabase(Path.Combine(folder.FullName, "rows.db"), SqliteDurability.Rebuildable);
        await new ActivitiesProjection().Tables.Apply(database, CancellationToken.None);
    }

    public async ValueTask DisposeAsync()
    {
        await database.DisposeAsync();
        folder.Delete(recursive: true);
    }

    [Fact]
    public async Task One_read_of_the_stream_gives_the_connection_its_history_and_the_time_of_its_status()
    {
        await Append(new ConnectionCreated("postgres", "a", Nothing, Nothing, "v1", new Account(null, "ada", "typed"), ["f"], Outcome.Ok));
        var then = clock.GetUtcNow();
        clock.Advance(TimeSpan.FromHours(1));
        await Append(new ConnectionReauthRequired("no", 1));
        var broken = clock.GetUtcNow();
        clock.Advance(TimeSpan.FromHours(1));
        await Append(new ConnectionRenamed("b"));
        var rows = new ReadModelDatabase(database);
        var answers = new ConnectionResponses(log, new ActivityQueries(rows), new ConnectionQueries(rows), new NoLimits(), clock);

        log.Reads = 0;
        var now = await answers.Story(id, null, 100, CancellationToken.None);
        Assert.Equal(1, log.Reads);
        Assert.Equal(("b", 3, broken), (now.Connection.Name, now.History.Count, now.StatusSince));
        var before = await answers.Story(id, then, 100, CancellationToken.None);
        Assert.Equal(2, log.Reads);
        Assert.Equal(("a", 3, then), (before.Connection.Name, before.History.Count, before.StatusSince));
        Assert.Equal(2, (await answers.Story(id, null, 2, CancellationToken.None)).History.Count);
        var another = new ConnectionId("another", id.Value);
        await Assert.ThrowsAsync<RejectedException>(() => answers.Story(another, null, 100, CancellationToken.None));
    }

    [Theory]
    [InlineData("Requested, to end until 2026-11-30T12:00:00Z.", 1)]
    [InlineData("Waits until 2026-11-30T12:00:00Z: tried at 2026-11-30T11:00:00Z", 2)]
    [InlineData("Renamed to \"2026-99-99T12:00:00Z\".", 0)]
    [InlineData("<b>2026-11-30T12:00:00Z", 1)]
    [InlineData("", 0)]
    public void The_machine_times_of_a_sentence_are_found_and_nothing_is_lost(string sentence, int times)
    {
        var parts = Sentences.Split(sentence).ToList();
        Assert.Equal(times, parts.Count(p => p.At is not null));
        Assert.Equal(sentence, string.Concat(parts.Select(p => p.Text + (p.At is { } at ? TimeWords.Machine(at) : ""))));
    }

    private async Task Append(ConnectionEvent e) => await log.Append(
        id.Stream, (await log.Read(id.Stream, CancellationToken.None)).Revision,
        [ConnectionDecider.Names.Write(Guid.NewGuid(), e, new EventMetadata("default", "test"))], CancellationToken.None);

    private sealed class NoLimits : IGrantLifetimes
    {
        public GrantLifetime For(string connector) => new();
    }
}
