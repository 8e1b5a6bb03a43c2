using EndToEnd.Tests.Harness;

namespace EndToEnd.Tests.Kills;

/// <summary>All callers of the service during the kills, and their records.</summary>
internal sealed class Callers(FakeProvider provider, ActivitySender sender, Guid[] connections, int seed)
{
    private const int Owners = 4;

    private readonly ConnectionOwner[] owners = [.. Enumerable.Range(1, Owners).Select(n => new ConnectionOwner(provider.Address, sender, seed + n))];
    private readonly List<NameRace> contests = [];

    public IEnumerable<OwnedConnection> Owned => owners.SelectMany(o => o.All);

    /// <summary>Runs until the service is unavailable, or this many activities were accepted.</summary>
    public Task Work(Api api, int most)
    {
        contests.AddRange([new NameRace(provider.Address, forName: true), new NameRace(provider.Address, forName: false)]);
        return Task.WhenAll([
            sender.Work(api, most),
            .. owners.Select(o => Task.Run(() => o.Work(api, () => sender.Accepted.Count >= most))),
            .. contests.Where(c => !c.Known).Select(c => Task.Run(() => c.Work(api)))]);
    }

    /// <summary>Repeats every request without a response.</summary>
    public async Task Finish(Api api)
    {
        await sender.Finish(api);
        await Task.WhenAll([
            .. owners.Select(o => Task.Run(() => o.Finish(api))),
            .. contests.Where(c => !c.Known).Select(c => Task.Run(() => c.Work(api)))]);
        await sender.Finish(api);
    }

    public Task Ended(Api api, TimeSpan limit) => sender.Ended(api, limit);

    public Task<Snapshot> ById(Api api) => Snapshot.ById(
        api, sender.Accepted.Keys, [.. connections, .. Owned.Select(o => o.Id), .. contests.Select(c => c.Winner)]);

    public async Task IsAsSaid(Api api)
    {
        foreach (var owned in Owned) owned.IsAsSaid((await api.Connection(owned.Id)).Is(200), await Snapshot.History(api, owned.Id));
        foreach (var race in contests) await race.IsWonByOne(api);
    }
}
