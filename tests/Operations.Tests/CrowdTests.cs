using Connections.Domain.Connection;
using EventSourcing;

namespace Operations.Tests;

/// <summary>Many at once: one wins, the others are told who.</summary>
public sealed class CrowdTests
{
    private const int Many = 50;

    private readonly InProcessOperations office = new();

    [Fact]
    public Task Of_many_that_want_one_name_one_gets_it() =>
        OneWins("connection.name-taken", (id, n) => office.Create(id, n % 2 == 0 ? "Shop" : "shop ", $"account-{n}"));

    [Fact]
    public Task Of_many_with_one_account_one_gets_it() =>
        OneWins("connection.account-taken", (id, n) => office.Create(id, $"Shop {n}", "a"));

    [Fact]
    public Task Of_many_whose_accounts_overlap_in_different_orders_one_gets_them() => OneWins("connection.account-taken", (id, n) =>
    {
        string[] accounts = ["a", "b", "c", $"own-{n}"];
        return office.Create(id, $"Shop {n}", string.Join(',', accounts[(n % 4)..].Concat(accounts[..(n % 4)])));
    });

    private async Task OneWins(string code, Func<Guid, int, Task> create)
    {
        var ids = Enumerable.Range(0, Many).Select(_ => Guid.CreateVersion7()).ToArray();
        using var start = new ManualResetEventSlim();
        var all = ids.Select((id, n) => Task.Run(() =>
        {
            start.Wait();
            return Try(() => create(id, n));
        })).ToArray();
        start.Set();
        var answers = await Task.WhenAll(all);

        var winner = Assert.Single(ids.Where((_, n) => answers[n] is null));
        Assert.All(
            answers.OfType<RejectedException>(),
            refused => Assert.Equal((code, (object)winner), (refused.Code, refused.Facts["connectionId"])));
        var states = await Task.WhenAll(ids.Select(office.State));
        Assert.Equal(winner, Assert.Single(ids.Where((_, n) => states[n].Status == ConnectionStatus.Connected)));
    }

    private static async Task<RejectedException?> Try(Func<Task> work)
    {
        try
        {
            await work();
            return null;
        }
        catch (RejectedException refused)
        {
            return refused;
        }
    }
}
