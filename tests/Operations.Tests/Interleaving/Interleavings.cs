using CsCheck;

namespace Operations.Tests.Interleaving;

/// <summary>Generated scenarios: few connections that compete for few names and accounts. Some exist at the start.</summary>
internal static class Interleavings
{
    public const int Connections = 3;

    private const int ToEnd = 1000;

    private static readonly Gen<int> Any = Gen.OneOf(1, 1, 2, 2, Connections);
    private static readonly Gen<int> Actors = Gen.Int[0, 3];
    private static readonly Gen<string> Name = Gen.OneOf("Shop", "shop ", "Till");
    private static readonly Gen<string> Accounts = Gen.OneOf("a", "b", "a,b", "b,a", "c");
    private static readonly Gen<string> Print = Gen.OneOf("", "a", "b", "c");

    private static readonly Gen<int> Steps = Gen.Frequency((4, Gen.Const(ToEnd)), (5, Gen.Int[1, 12]));

    // Clients that compete for names have accounts of their own, and the reverse: otherwise most would be rejected for the other reason.
    private static readonly Gen<ClientCommand> OnlyNames = Gen.Frequency(
        (4, Gen.Select(Any, Name, (id, name) => (ClientCommand)new ClientCommand.Create(id, name, $"own-{id}"))),
        (3, Gen.Select(Any, Name, (id, name) => (ClientCommand)new ClientCommand.Rename(id, name))),
        (1, Any.Select(id => (ClientCommand)new ClientCommand.Delete(id))));

    private static readonly Gen<ClientCommand> OnlyAccounts = Gen.Frequency(
        (4, Gen.Select(Any, Accounts, (id, accounts) => (ClientCommand)new ClientCommand.Create(id, $"Own {id}", accounts))),
        (2, Gen.Select(Any, Accounts, (id, accounts) => (ClientCommand)new ClientCommand.Reconnect(id, accounts))),
        (2, Gen.Select(Any, Print, (id, reported) => (ClientCommand)new ClientCommand.Test(id, reported))),
        (1, Any.Select(id => (ClientCommand)new ClientCommand.Delete(id))));

    private static readonly Gen<ClientCommand> Both = Gen.Frequency(
        (5, Gen.Select(Any, Name, Accounts, (id, name, accounts) => (ClientCommand)new ClientCommand.Create(id, name, accounts))),
        (4, Gen.Select(Any, Name, (id, name) => (ClientCommand)new ClientCommand.Rename(id, name))),
        (2, Gen.Select(Any, Accounts, (id, accounts) => (ClientCommand)new ClientCommand.Reconnect(id, accounts))),
        (2, Gen.Select(Any, Print, (id, reported) => (ClientCommand)new ClientCommand.Test(id, reported))),
        (1, Any.Select(id => (ClientCommand)new ClientCommand.Refused(id))),
        (1, Any.Select(id => (ClientCommand)new ClientCommand.Delete(id))));

    private static readonly Gen<ScheduledStep[]> Before = Gen.OneOf(
        Gen.Const(Array.Empty<ScheduledStep>()),
        Name.Select(name => There(1, name, "a")),
        Accounts.Select(accounts => There(1, "Shop", accounts)),
        Gen.Const<ScheduledStep[]>([.. There(1, "Shop", "a"), .. There(2, "Till", "b")]));

    public static readonly Gen<List<ScheduledStep>> ForNames = Create(OnlyNames);

    public static readonly Gen<List<ScheduledStep>> ForAccounts = Create(OnlyAccounts);

    public static readonly Gen<List<ScheduledStep>> ForBoth = Create(Both);

    /// <summary>
    /// A client halts while it takes a name, others want the name before and after the grace period, and then the first continues.
    /// </summary>
    public static readonly Gen<List<ScheduledStep>> ForTakeOvers = Gen.Select(
        Gen.OneOf(Array.Empty<ScheduledStep>(), There(1, "Till", "own-1")),
        Wanting(1),
        Gen.Int[1, 12],
        Wanting(2),
        Gen.OneOf(59, 60),
        Wanting(2),
        Gen.OneOf(ToEnd, 3, 5, 7),
        (before, slow, halts, early, seconds, late, steps) => (List<ScheduledStep>)
        [
            .. before, new ScheduledStep.Come(slow, halts), new ScheduledStep.Come(early, ToEnd), new ScheduledStep.Pass(seconds),
            new ScheduledStep.Come(late, steps),
            new ScheduledStep.Go(0, ToEnd), new ScheduledStep.Go(0, ToEnd)
        ]);

    private static Gen<ClientCommand> Wanting(int id) => Gen.OneOf<ClientCommand>(
        Gen.Const(new ClientCommand.Create(id, "Shop", $"own-{id}")), Gen.Const(new ClientCommand.Rename(id, "Shop")));

    private static Gen<List<ScheduledStep>> Create(Gen<ClientCommand> commands) => Gen.Select(
        Before,
        Gen.Frequency(
            (6, Gen.Select(commands, Steps, (wish, steps) => (ScheduledStep)new ScheduledStep.Come(wish, steps))),
            (3, Gen.Select(Actors, Steps, (actor, steps) => (ScheduledStep)new ScheduledStep.Go(actor, steps))),
            (1, Actors.Select(actor => (ScheduledStep)new ScheduledStep.Crash(actor))),
            (2, Gen.OneOf(1, 59, 60, 60, 60).Select(seconds => (ScheduledStep)new ScheduledStep.Pass(seconds)))).List[1, 25],
        (before, moves) => (List<ScheduledStep>)[.. before, .. moves]);

    private static ScheduledStep[] There(int id, string name, string accounts) =>
        [new ScheduledStep.Come(new ClientCommand.Create(id, name, accounts), ToEnd)];
}
