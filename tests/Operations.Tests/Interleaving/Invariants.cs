using Connections.Domain.Connection;
using EventSourcing;

namespace Operations.Tests.Interleaving;

/// <summary>What holds of the connections at every moment, and what anybody can do after everybody else has ended or crashed.</summary>
internal sealed class Invariants(StepScheduler stage)
{
    private const string NameTaken = "connection.name-taken";
    private const string AccountTaken = "connection.account-taken";

    private static readonly string[] Refusals =
    [
        NameTaken, AccountTaken, "connection.id-reused", "connection.not-found", "connection.deleted", "connection.other-account"
    ];

    private readonly Dictionary<Guid, ConnectionState> before = [];
    private int last = 100;

    private InProcessOperations Office => stage.Office;

    private IEnumerable<Guid> Ids => Enumerable.Range(1, Interleavings.Connections).Concat(Enumerable.Range(101, last - 100)).Select(ClientCommand.GetId);

    /// <summary>At every moment.</summary>
    public async Task Check()
    {
        var live = new Dictionary<Guid, ConnectionState>();
        foreach (var id in Ids)
        {
            var now = await Office.State(id);
            if (before.TryGetValue(id, out var was)) Follows(was, now, id);
            before[id] = now;
            if (now.Exists) live[id] = now;
        }

        Once(live.Select(l => ConnectionName.Key(l.Value.Name)), "name");
        Once(live.SelectMany(l => l.Value.Live!.Fingerprints), "account");
        foreach (var (id, now) in live)
        {
            Must(await Office.Vault.Get("default", id, now.Live!.VaultEntry, default) is not null, $"{id} lives, and its secret does not open");
            Must((await Office.NameClaim(now.Name)).Holder == id, $"{id} bears a name that another claimed");
            foreach (var account in now.Live.Fingerprints)
                Must((await Office.AccountClaim(account)).Holder == id, $"{id} has an account that another claimed");
        }
    }

    /// <summary>At the end of the story.</summary>
    public async Task Afterwards()
    {
        foreach (var (actor, wish) in stage.Ended)
        {
            Must(
                actor.Fault is null or StreamConflictException || (actor.Fault is RejectedException no && Refusals.Contains(no.Code)),
                $"{wish} ended with {actor.Fault?.GetType().Name}: {actor.Fault?.Message}");
        }

        foreach (var (actor, wish) in stage.Ended.ToList())
            if (wish is ClientCommand.Create create && actor.Fault is null) await SaidAgain(create);
        foreach (var name in new[] { "Shop", "Till" }) await CanBeHad(name, "new", NameTaken, s => ConnectionName.Key(s.Name) == ConnectionName.Key(name));
        foreach (var account in new[] { "a", "b", "c" })
        {
            var fingerprint = await Office.Fingerprint(account);
            await CanBeHad("Other", account, AccountTaken, s => s.Live!.Fingerprints.Contains(fingerprint));
        }
    }

    private async Task SaidAgain(ClientCommand.Create create)
    {
        var (head, deleted) = (await Office.Log.Head(default), (await Office.State(create.Id)).Status == ConnectionStatus.Deleted);
        var again = await Do(create);
        Must(deleted ? Code(again) == "connection.deleted" : again is null, $"{create}, said again, ended with {again?.Message}");
        Must(await Office.Log.Head(default) == head, $"{create}, said again, added something");
    }

    // who bears it keeps it until the delete, then it is free at once; what a crashed one left is free after a minute
    private async Task CanBeHad(string name, string account, string code, Func<ConnectionState, bool> bears)
    {
        await Check();
        var holder = before.Where(b => b.Value.Exists && bears(b.Value)).Select(b => (Guid?)b.Key).SingleOrDefault();
        var refused = await Do(Next(name, account));
        if (holder is { } other)
        {
            Must(Code(refused) == code, $"{name} with {account} has another: {refused?.Message}");
            Must(((RejectedException)refused!).Facts["connectionId"] is Guid told && told == other, "The refusal names another");
            await Do(new ClientCommand.Delete(ClientCommand.GetNumber(other)));
            refused = await Do(Next(name, account));
            Must(refused is null, $"{name} with {account} cannot be had right after the delete: {refused?.Message}");
        }
        else if (refused is not null)
        {
            Must(Code(refused) == code, $"{name} with {account} is refused: {refused.Message}");
            stage.Pass(60);
            refused = await Do(Next(name, account));
            Must(refused is null, $"{name} with {account} cannot be had after a minute: {refused?.Message}");
        }

        await Do(new ClientCommand.Delete(last));
    }

    private ClientCommand.Create Next(string name, string account) => new(++last, name, account == "new" ? $"new-{last}" : account);

    private async Task<Exception?> Do(ClientCommand wish)
    {
        await stage.Do(wish, Check);
        return stage.Ended[^1].Actor.Fault;
    }

    private static void Follows(ConnectionState was, ConnectionState now, Guid id)
    {
        Must(now.CredentialVersion >= was.CredentialVersion, $"the credential version of {id} fell");
        if (was.Status is ConnectionStatus.Deleted or ConnectionStatus.Abandoned) Must(now.Status == was.Status, $"{id} came back");
    }

    private static void Once(IEnumerable<string> values, string what)
    {
        var all = values.ToList();
        Must(all.Distinct().Count() == all.Count, $"Two live connections have one {what}");
    }

    private static string? Code(Exception? fault) => (fault as RejectedException)?.Code;

    private static void Must(bool holds, string otherwise) => Assert.True(holds, otherwise);
}
