using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using Connections.Contracts;
using Connections.Domain;
using Connections.Domain.Activity;
using Connections.Domain.Connection;
using Connections.Domain.Token;
using Connections.Operations.Activities;
using Connections.ReadModels.Activities;
using Connections.ReadModels.Ledger;
using Connections.ReadModels.Waits;
using Connections.Web.Responses;
using EventSourcing;
using TestServers;

namespace Hosts.Tests.Governance;

/// <summary>Every consumer handles each event or lists it as ignored.</summary>
public sealed partial class EventConsumerTests
{
    private static readonly Type[] Kinds = [typeof(ConnectionEvent), typeof(ActivityEvent), typeof(TokenEvent)];

    [Fact]
    public void Consumers_and_events_are_found()
    {
        Assert.Equal(Kinds.ToHashSet(), EventConsumers.All.Select(consumer => consumer.Event).ToHashSet());
        Assert.All(EventConsumers.All, consumer => Assert.NotEmpty(consumer.Events));
        Assert.Equal(ConnectionDecider.Names.Names.Count, EventConsumers.All.First(c => c.Event == typeof(ConnectionEvent)).Events.Count);
        Assert.Equal(ActivityDecider.Names.Names.Count, EventConsumers.All.First(c => c.Event == typeof(ActivityEvent)).Events.Count);
        Assert.Equal(TokenDecider.Names.Names.Count, EventConsumers.All.First(c => c.Event == typeof(TokenEvent)).Events.Count);
    }

    [Fact]
    public async Task Every_consumer_handles_or_lists_every_event()
    {
        var forgotten = new List<string>();
        foreach (var consumer in EventConsumers.All)
        {
            foreach (var e in consumer.Events)
                if (await consumer.HasNoArmFor(e)) forgotten.Add($"{consumer.Name} ({consumer.Home.Name}): {e.Name}");
        }

        Assert.Empty(forgotten);
    }

    /// <summary>An unknown event. A consumer that accepts it silently would also accept a forgotten one.</summary>
    [Fact]
    public async Task No_consumer_accepts_an_event_that_it_does_not_list()
    {
        var unknown = new Dictionary<Type, Type>
        {
            [typeof(ConnectionEvent)] = typeof(UnknownConnectionEvent),
            [typeof(ActivityEvent)] = typeof(UnknownActivityEvent),
            [typeof(TokenEvent)] = typeof(UnknownTokenEvent)
        };
        var silent = new List<string>();
        foreach (var consumer in EventConsumers.All)
            if (!await consumer.HasNoArmFor(unknown[consumer.Event])) silent.Add($"{consumer.Name} ({consumer.Home.Name})");

        Assert.NotEmpty(EventConsumers.All);
        Assert.Empty(silent);
    }

    [Fact]
    public void Every_reader_of_events_is_a_listed_consumer()
    {
        var reads = $"{nameof(ConnectionDecider.Names)}.{nameof(EventTypes.Read)}";
        var readers = Directory.EnumerateFiles(Path.Combine(RepositoryFolder.Root, "src"), "*.cs", SearchOption.AllDirectories)
            .Where(file => File.ReadAllText(file).Contains(reads, StringComparison.Ordinal))
            .ToList();
        var homes = EventConsumers.All.Select(consumer => consumer.Home).Concat(EventConsumers.WithoutArms.Keys);
        var known = homes.Select(type => type.Name).ToHashSet();

        Assert.NotEmpty(readers);
        Assert.DoesNotContain(readers, file => !Declared().Matches(File.ReadAllText(file)).Any(m => known.Contains(m.Groups[1].Value)));
    }

    [Fact]
    public async Task All_consumers_agree_on_which_events_end_an_activity()
    {
        var recorded = new RecordedEvent(
            $"activity-default:{Guid.Empty}", 0, 1, Guid.Empty, "any", default, default, DateTimeOffset.UnixEpoch);
        var id = ActivityId.Parse(recorded.Stream);
        var messages = new ActivityMessages(new ActivitySeals(null!, null!));
        var events = EventConsumers.All.First(c => c.Event == typeof(ActivityEvent)).Events;
        Assert.NotEmpty(events);
        foreach (var type in events)
        {
            var e = Example(type);
            var ends = ActivityState.Evolve(ActivityState.Initial, e).Ended;
            Assert.Equal((type, ends), (type, e is ActivityEnd));
            Assert.Equal((type, ends), (type, ActivityWatch.Ends(e)));
            var sql = ActivityWaits.Project(e, id, recorded)?.Sql;
            Assert.Equal((type, ends), (type, sql is not null && sql.StartsWith("DELETE FROM waits ", StringComparison.Ordinal)));
            Assert.Equal((type, ends), (type, LedgerProjection.Entry(e) is not (null or LedgerProjection.Accepted)));
            Assert.Equal((type, ends), (type, (await messages.Message(e, id, default)).Message is ActivityFinished));
            if (e is not ActivityRequested) Assert.Equal((type, ends), (type, ActivityView.Change(Started(), e, recorded).Ended));
        }
    }

    [Fact]
    public void Every_event_has_a_summary()
    {
        var events = EventConsumers.All.First(c => c.Event == typeof(ConnectionEvent)).Events;
        Assert.NotEmpty(events);
        foreach (var type in events)
        {
            var e = (ConnectionEvent)RuntimeHelpers.GetUninitializedObject(type);
            if (e is Connections.Domain.Connection.ConnectionCreated created) e = created with { Account = new Account(null, "app", "") };
            if (e is Connections.Domain.Connection.ConnectionReconnected reconnected)
                e = reconnected with { Account = new Account(null, "app", "") };
            var sentence = EventSummary.Describe(e);
            Assert.DoesNotContain(type.Name, sentence, StringComparison.Ordinal);
        }
    }

    // Without values, except those that reading needs.
    private static ActivityEvent Example(Type type)
    {
        var e = (ActivityEvent)RuntimeHelpers.GetUninitializedObject(type);
        type.GetProperty(nameof(ActivityEnd.Facts))?.SetValue(e, new ActivityFacts("send", null, null, 0, null));
        return e;
    }

    private static ActivityView Started() => (ActivityView)RuntimeHelpers.GetUninitializedObject(typeof(ActivityView));

    [GeneratedRegex(@"\b(?:class|record|struct)\s+([A-Z]\w*)")]
    private static partial Regex Declared();

    private sealed record UnknownConnectionEvent : ConnectionEvent;

    private sealed record UnknownActivityEvent : ActivityEvent;

    private sealed record UnknownTokenEvent : TokenEvent;
}
