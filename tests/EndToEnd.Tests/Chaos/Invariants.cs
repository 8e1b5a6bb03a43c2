using System.Globalization;
using System.Text.Json.Nodes;
using EndToEnd.Tests.Grants;
using EndToEnd.Tests.Harness;
using EndToEnd.Tests.Hosts;
using EndToEnd.Tests.Kills;
using TestServers;

namespace EndToEnd.Tests.Chaos;

/// <summary>Checks after recovery that senders, log, bus, provider and read models agree.</summary>
/// <param name="restored">The differences that a restored backup explains; null without a restore.</param>
/// <param name="mail">The mail provider; null without mail.</param>
internal sealed class Invariants(
    Servers servers, FakeProvider provider, BusListener listener, Load load, Action<string> report, RestoreGap? restored = null, CountedProvider? mail = null)
{
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(4);

    private readonly List<WrittenEvent> written = [];

    public async Task Balances(Api api)
    {
        await IsRecorded();
        await load.Sender.Ended(api, Deadline);
        written.AddRange(await WrittenEvent.Read(servers.Log));
        IsWhole();
        EndedOnce();
        if (mail is not null) TokensWereSentOnce(mail);
        await WasPublished();
        await ActivitiesAreRight(api);
        await ConnectionsAreRight(api);
        await LedgerBalances();
        await NothingIsLeftOver();
    }

    // Messages confirmed by the broker are accepted, and are in the log once the workers have reconnected.
    private Task<int> IsRecorded() => Until.Seen(
        async () => load.Sender.Accepted.Keys.Except((await WrittenEvent.Read(servers.Log)).Where(e => e.IsOfActivity).Select(e => e.ActivityId)).Count(),
        missing => missing == 0,
        "all that was accepted is in the log",
        Deadline);

    private void IsWhole()
    {
        Assert.NotEmpty(written);
        Assert.Equal(written.Count, written.Select(e => e.Id).Distinct().Count());
        foreach (var stream in written.GroupBy(e => e.Stream))
            Assert.Equal(Enumerable.Range(0, stream.Count()).Select(r => r + First(stream)), stream.Select(e => e.Revision));
    }

    // Token streams keep their last hundred events.
    private static long First(IGrouping<string, WrittenEvent> stream) =>
        stream.Key.StartsWith("token-", StringComparison.Ordinal) && stream.Count() >= 100 ? stream.First().Revision : 0;

    private int Done(Guid id) => provider.Done(id) + (mail?.Mails(id.ToString()) ?? 0);

    // The provider revokes the grant when a refresh token is used twice. Without a response, the service abandons the token.
    private void TokensWereSentOnce(CountedProvider mail)
    {
        var tokens = written.Where(e => e.Stream.StartsWith("token-", StringComparison.Ordinal)).ToArray();
        report($"{mail.Sent.Count} refresh tokens sent; {string.Join(", ", tokens.CountBy(e => e.Type).Select(t => $"{t.Key} {t.Value}"))}");
        Assert.All(mail.Sent, sent => Assert.Equal(1, sent.Value));
        Assert.Empty(mail.Refusals);
        var refreshed = tokens.Where(e => e.Type == "token-refreshed").Select(e => (e.Stream, Version(e, "credentialVersion"), Version(e, "tokenVersion"))).ToArray();
        Assert.NotEmpty(refreshed);
        Assert.Equal(refreshed.Length, refreshed.Distinct().Count());
        Assert.InRange(refreshed.Length, 1, mail.Sent.Count);

        static int Version(WrittenEvent e, string name) => (int)JsonNode.Parse(e.Data)![name]!;
    }

    // A late outcome may replace an unknown one. A first request without a response may have been recorded although the
    // second was rejected because its connection was deleted meanwhile: that activity fails and does nothing.
    private void EndedOnce()
    {
        var refused = load.Sender.Refused.Select(r => r.Id).ToHashSet();
        Assert.DoesNotContain(refused, id => Done(id) > 0);
        var activities = written.Where(e => e.IsOfActivity).GroupBy(e => e.ActivityId).ToDictionary(g => g.Key, g => g.Where(e => e.IsEnd).Select(e => e.Outcome).ToList());
        Assert.Equal(load.Sender.Accepted.Keys.Order(), activities.Keys.Where(id => !refused.Contains(id) || load.Sender.Accepted.ContainsKey(id)).Order());
        var oddly = activities.Where(a => a.Value is not [_] and not ["unknown", "succeeded" or "failed"])
            .Select(a => $"{a.Key} ended: {string.Join(", ", a.Value)}");
        Assert.Empty(oddly);
    }

    private async Task WasPublished()
    {
        var ends = written.Where(e => e.IsOfActivity && e.IsEnd).ToDictionary(e => e.Id, e => (e.ActivityId, e.Outcome));
        await Until.Seen(
            () => Task.FromResult(ends.Keys.Except(listener.Finished.Keys).Count()), unheard => unheard == 0, $"all {ends.Count} ends are published", Deadline);
        Assert.Empty(listener.Garbled);
        var heard = listener.Finished.Where(h => restored?.LostEvents.Contains(h.Key) != true).ToDictionary(h => h.Key, h => (Guid.Parse((string)h.Value["activityId"]!), (string)h.Value["outcome"]!));
        Assert.Equal(ends.OrderBy(e => e.Key), heard.OrderBy(h => h.Key));
        var byBus = load.ByBus.ToHashSet();
        Assert.Empty(listener.Finished.Values.Where(f => Guid.Parse((string)f["activityId"]!) is var id && byBus.Contains(id)
            && (string?)f["correlationId"] != SentActivity.Correlation(id)).Select(f => f.ToJsonString()));
    }

    private async Task ActivitiesAreRight(Api api)
    {
        var connections = written.Where(e => e.Stream.StartsWith("connection-default:", StringComparison.Ordinal) && e.Type == "connection-created")
            .Select(e => Guid.Parse(e.Stream["connection-default:".Length..]));
        // A token may be refreshed meanwhile, which moves the end of a sign-in. So both are read again until they agree.
        Snapshot now = null!;
        await Until.Seen(
            async () => (now = await Snapshot.ById(api, Activities(), connections)).Against(await Snapshot.Lists(api)), d => d == "",
            "the lists agree with the reads by id", Deadline);
        var responses = now.Activities.ToDictionary(a => Guid.Parse(a.Key), a => JsonNode.Parse(a.Value)!);
        report($"{responses.Count} accepted, {load.ByBus.Count()} of them by bus; {string.Join(", ", responses.CountBy(t => (string)t.Value["status"]!).Select(s => $"{s.Key} {s.Value}"))}");
        var once = load.Sender.Accepted.Values.Where(s => restored?.Open.Contains(s.Id) != true).ToArray();
        Assert.Empty(once.Select(s => s.Fault(responses[s.Id], Done(s.Id))).OfType<string>());
        Assert.DoesNotContain(once, s => s.Post && Done(s.Id) > 1);

        IEnumerable<Guid> Activities() => written.Where(e => e.IsOfActivity).Select(e => e.ActivityId).Distinct();
    }

    private async Task ConnectionsAreRight(Api api)
    {
        var deleted = load.Owned.Where(o => o.Deleted).Select(o => o.Id).Concat(load.OwnedByBus.Where(o => o.Deleted).Select(o => o.Id)).ToArray();
        await Until.Holds(
            async () => (await Task.WhenAll(deleted.Select(id => Snapshot.History(api, id)))).All(h => h.Contains("connection-secrets-destroyed")),
            "the secrets of what was deleted are destroyed",
            Deadline);
        report($"{load.Owned.Count()} connections by HTTP, {load.OwnedByBus.Count()} by bus, {deleted.Length} of them deleted");
        foreach (var owned in load.Owned) owned.IsAsSaid((await api.Connection(owned.Id)).Is(200), await Snapshot.History(api, owned.Id));
        foreach (var owned in load.OwnedByBus) owned.IsAsSaid((await api.Connection(owned.Id)).Is(200), await Snapshot.History(api, owned.Id));
    }

    private async Task LedgerBalances()
    {
        var expected = written.Where(e => e.IsOfActivity).GroupBy(e => e.ActivityId).Select(g => g.Last(e => e.IsEnd).Outcome).CountBy(o => o)
            .Select(o => $"{o.Key} {o.Value}").Append($"accepted {written.Where(e => e.IsOfActivity).DistinctBy(e => e.ActivityId).Count()}").Order(StringComparer.Ordinal);
        await Until.Seen(
            () => Sql("SELECT string_agg(entry || ' ' || total, ', ' ORDER BY entry COLLATE \"C\") FROM ledger WHERE workspace = 'default' AND total <> 0"),
            ledger => ledger == string.Join(", ", expected),
            $"the ledger is: {string.Join(", ", expected)}",
            Deadline);
    }

    private async Task NothingIsLeftOver()
    {
        await Until.Seen(() => Sql("SELECT count(*) FROM waits"), waits => waits == "0", "nothing waits", Deadline);
        var left = (await servers.Bus.Control("list_queues", "--silent", "--no-table-headers", "name", "messages")).Split('\n')
            .Select(line => line.Split('\t')).Where(q => q is [var name, var messages] && name.EndsWith("_error", StringComparison.Ordinal)
                && int.Parse(messages, CultureInfo.InvariantCulture) > 0);
        Assert.Empty(left);
    }

    private async Task<string> Sql(string sql) => await servers.Sql.Sql(sql, servers.Sql.Database) ?? "";
}
