using Connections.Domain;
using Connections.Domain.Connection;
using EventSourcing;

namespace Operations.Tests.Interleaving;

/// <summary>Invariants of the connections at every moment, and checks after all actors have ended or crashed.</summary>
internal sealed class Invariants(StepScheduler scheduler)
{
    private const string NameTaken = "connection.name-taken";
    private const string AccountTaken = "connection.account-taken";

    private static readonly string[] Rejections =
    [
        NameTaken, AccountTaken, "connection.id-reused", "connection.not-found", "connection.deleted", "connection.other-account"
    ];

    private readonly Dictionary<Guid, ConnectionState> before = [];
    private int last = 100;

    private InProcessOperations Operations => scheduler.Operations;

    private IEnumerable<Guid> Ids => Enumerable.Range(1, Interleavings.Connections).Concat(Enumerable.Range(101, last - 100)).Select(ClientCommand.GetId);

    /// <summary>Checks the invariants after each change.</summary>
    public async Task Check()
    {
        var live = new Dictionary<Guid, ConnectionState>();
        foreach (var id in Ids)
        {
            var now = await Operations.State(id);
            if (before.TryGetValue(id, out var was)) Follows(was, now, id);
            before[id] = now;
            if (now.Exists) live[id] = now;
        }

        Once(live.Select(l => ConnectionName.Key(l.Value.Name)), "name");
        Once(live.SelectMany(l => l.Value.Live!.Fingerprints), "account");
        foreach (var (id, now) in live)
        {
            Require(
                await Operations.Vault.Get(new ConnectionId("default", id), now.Live!.VaultEntry, default) is not null,
                $"{id} exists, but its secret cannot be opened");
            Require((await Operations.NameClaim(now.Name)).Holder == id, $"{id} has a name that another connection claimed");
            foreach (var account in now.Live.Fingerprints)
                Require((await Operations.AccountClaim(account)).Holder == id, $"{id} has an account that another connection claimed");
        }
    }

    /// <summary>Checks at the end of a scenario.</summary>
    public async Task Afterwards()
    {
        foreach (var (actor, command) in scheduler.Ended)
        {
            Require(
                actor.Fault is null or StreamConflictException || (actor.Fault is RejectedException no && Rejections.Contains(no.Code)),
                $"{command} ended with {actor.Fault?.GetType().Name}: {actor.Fault?.Message}");
        }

        foreach (var (actor, command) in scheduler.Ended.ToList())
            if (command is ClientCommand.Create create && actor.Fault is null) await CheckRepeated(create);
        foreach (var name in new[] { "Shop", "Till" }) await CheckAvailable(
            name, "new", NameTaken, s => ConnectionName.Key(s.Name) == ConnectionName.Key(name));
        foreach (var account in new[] { "a", "b", "c" })
        {
            var fingerprint = await Operations.Fingerprint(account);
            await CheckAvailable("Other", account, AccountTaken, s => s.Live!.Fingerprints.Contains(fingerprint));
        }
    }

    private async Task CheckRepeated(ClientCommand.Create create)
    {
        var (head, deleted) = (await Operations.Log.Head(default), (await Operations.State(create.Id)).Status == ConnectionStatus.Deleted);
        var again = await Do(create);
        Require(deleted ? Code(again) == "connection.deleted" : again is null, $"{create}, repeated, ended with {again?.Message}");
        Require(await Operations.Log.Head(default) == head, $"{create}, repeated, appended events");
    }

    // A name stays with its connection until the deletion, then it is free at once. A name claimed by a crashed actor is free after a
    // minute.
    private async Task CheckAvailable(string name, string account, string code, Func<ConnectionState, bool> has)
    {
        await Check();
        var holder = before.Where(b => b.Value.Exists && has(b.Value)).Select(b => (Guid?)b.Key).SingleOrDefault();
        var rejected = await Do(Next(name, account));
        if (holder is { } other)
        {
            Require(Code(rejected) == code, $"{name} with {account} is rejected with another code: {rejected?.Message}");
            Require(
                ((RejectedException)rejected!).Facts["connectionId"] is Guid named && named == other,
                "The rejection names another connection");
            await Do(new ClientCommand.Delete(ClientCommand.GetNumber(other)));
            rejected = await Do(Next(name, account));
            Require(rejected is null, $"{name} with {account} is not available right after the deletion: {rejected?.Message}");
        }
        else if (rejected is not null)
        {
            Require(Code(rejected) == code, $"{name} with {account} is rejected: {rejected.Message}");
            scheduler.Pass(60);
            rejected = await Do(Next(name, account));
            Require(rejected is null, $"{name} with {account} is not available after a minute: {rejected?.Message}");
        }

        await Do(new ClientCommand.Delete(last));
    }

    private ClientCommand.Create Next(string name, string account) => new(++last, name, account == "new" ? $"new-{last}" : account);

    private async Task<Exception?> Do(ClientCommand command)
    {
        await scheduler.Do(command, Check);
        return scheduler.Ended[^1].Actor.Fault;
    }

    private static void Follows(ConnectionState was, ConnectionState now, Guid id)
    {
        Require(now.CredentialVersion >= was.CredentialVersion, $"the credential version of {id} decreased");
        if (was.Status is ConnectionStatus.Deleted or ConnectionStatus.Abandoned) Require(now.Status == was.Status, $"{id} exists again");
    }

    private static void Once(IEnumerable<string> values, string kind)
    {
        var all = values.ToList();
        Require(all.Distinct().Count() == all.Count, $"Two live connections have the same {kind}");
    }

    private static string? Code(Exception? fault) => (fault as RejectedException)?.Code;

    private static void Require(bool holds, string message) => Assert.True(holds, message);
}
