using CsCheck;

namespace Operations.Tests;

/// <summary>Made-up stories: few connections that want few names and accounts. Some are there before it begins.</summary>
internal static class Stories
{
    public const int Connections = 3;

    private const int ToItsEnd = 1000;

    private static readonly Gen<int> Any = Gen.OneOf(1, 1, 2, 2, Connections);
    private static readonly Gen<int> Who = Gen.Int[0, 3];
    private static readonly Gen<string> Name = Gen.OneOf("Shop", "shop ", "Till");
    private static readonly Gen<string> Accounts = Gen.OneOf("a", "b", "a,b", "b,a", "c");
    private static readonly Gen<string> Told = Gen.OneOf("", "a", "b", "c");

    private static readonly Gen<int> Steps = Gen.Frequency((4, Gen.Const(ToItsEnd)), (5, Gen.Int[1, 12]));

    // who wants a name has an account of his own, and the other way round: else most are refused for what is not looked at
    private static readonly Gen<Wish> OnlyNames = Gen.Frequency(
        (4, Gen.Select(Any, Name, (id, name) => (Wish)new Wish.Create(id, name, $"own-{id}"))),
        (3, Gen.Select(Any, Name, (id, name) => (Wish)new Wish.Rename(id, name))),
        (1, Any.Select(id => (Wish)new Wish.Delete(id))));

    private static readonly Gen<Wish> OnlyAccounts = Gen.Frequency(
        (4, Gen.Select(Any, Accounts, (id, accounts) => (Wish)new Wish.Create(id, $"Own {id}", accounts))),
        (2, Gen.Select(Any, Accounts, (id, accounts) => (Wish)new Wish.Reconnect(id, accounts))),
        (2, Gen.Select(Any, Told, (id, told) => (Wish)new Wish.Test(id, told))),
        (1, Any.Select(id => (Wish)new Wish.Delete(id))));

    private static readonly Gen<Wish> Both = Gen.Frequency(
        (5, Gen.Select(Any, Name, Accounts, (id, name, accounts) => (Wish)new Wish.Create(id, name, accounts))),
        (4, Gen.Select(Any, Name, (id, name) => (Wish)new Wish.Rename(id, name))),
        (2, Gen.Select(Any, Accounts, (id, accounts) => (Wish)new Wish.Reconnect(id, accounts))),
        (2, Gen.Select(Any, Told, (id, told) => (Wish)new Wish.Test(id, told))),
        (1, Any.Select(id => (Wish)new Wish.Refused(id))),
        (1, Any.Select(id => (Wish)new Wish.Delete(id))));

    private static readonly Gen<Move[]> Before = Gen.OneOf(
        Gen.Const(Array.Empty<Move>()),
        Name.Select(name => There(1, name, "a")),
        Accounts.Select(accounts => There(1, "Shop", accounts)),
        Gen.Const<Move[]>([.. There(1, "Shop", "a"), .. There(2, "Till", "b")]));

    public static readonly Gen<List<Move>> OfNames = Of(OnlyNames);

    public static readonly Gen<List<Move>> OfAccounts = Of(OnlyAccounts);

    public static readonly Gen<List<Move>> OfBoth = Of(Both);

    /// <summary>Somebody halts on the way to a name, others want it before and behind his minute, and then he goes on.</summary>
    public static readonly Gen<List<Move>> OfTakeOvers = Gen.Select(
        Gen.OneOf(Array.Empty<Move>(), There(1, "Till", "own-1")),
        Wanting(1),
        Gen.Int[1, 12],
        Wanting(2),
        Gen.OneOf(59, 60),
        Wanting(2),
        Gen.OneOf(ToItsEnd, 3, 5, 7),
        (before, slow, halts, early, seconds, late, steps) => (List<Move>)
        [
            .. before, new Move.Come(slow, halts), new Move.Come(early, ToItsEnd), new Move.Pass(seconds), new Move.Come(late, steps),
            new Move.Go(0, ToItsEnd), new Move.Go(0, ToItsEnd)
        ]);

    private static Gen<Wish> Wanting(int id) => Gen.OneOf<Wish>(
        Gen.Const(new Wish.Create(id, "Shop", $"own-{id}")), Gen.Const(new Wish.Rename(id, "Shop")));

    private static Gen<List<Move>> Of(Gen<Wish> wishes) => Gen.Select(
        Before,
        Gen.Frequency(
            (6, Gen.Select(wishes, Steps, (wish, steps) => (Move)new Move.Come(wish, steps))),
            (3, Gen.Select(Who, Steps, (who, steps) => (Move)new Move.Go(who, steps))),
            (1, Who.Select(who => (Move)new Move.Crash(who))),
            (2, Gen.OneOf(1, 59, 60, 60, 60).Select(seconds => (Move)new Move.Pass(seconds)))).List[1, 25],
        (before, moves) => (List<Move>)[.. before, .. moves]);

    private static Move[] There(int id, string name, string accounts) =>
        [new Move.Come(new Wish.Create(id, name, accounts), ToItsEnd)];
}
