using Connections.Domain.Connection;
using EventSourcing;

namespace Operations.Tests;

/// <summary>Many concurrent requests: one succeeds, the others receive its id.</summary>
public sealed class CrowdTests
{
    private const int Many = 50;

    private readonly InProcessOperations operations = new();

    [Fact]
    public Task One_of_many_concurrent_requests_gets_a_name() =>
        OneWins("connection.name-taken", (id, n) => operations.Create(id, n % 2 == 0 ? "Shop" : "shop ", $"account-{n}"));

    [Fact]
    public Task One_of_many_concurrent_requests_gets_an_account() =>
        OneWins("connection.account-taken", (id, n) => operations.Create(id, $"Shop {n}", "a"));

    [Fact]
    public Task One_of_many_concurrent_requests_gets_accounts_that_overlap_in_different_orders() =>
        OneWins("connection.account-taken", (id, n) =>
    {
        string[] accounts = ["a", "b", "c", $"own-{n}"];
        return operations.Create(id, $"Shop {n}", string.Join(',', accounts[(n % 4)..].Concat(accounts[..(n % 4)])));
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
        var states = await Task.WhenAll(ids.Select(operations.State));
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
