using EventSourcing;
using Operations.Tests.Interleaving;

namespace Operations.Tests;

/// <summary>Deleted, and its secrets destroyed, while somebody else is at work on it.</summary>
public sealed class DeletedMeanwhileTests
{
    private readonly InProcessOperations office = new();
    private readonly Guid id = Guid.CreateVersion7();

    [Fact]
    public Task A_reconnect_is_told_of_the_delete() => IsToldOfIt("put into the vault", () => office.Reconnect(id, "a"));

    [Fact]
    public Task A_test_is_told_of_the_delete() => IsToldOfIt("get from the vault", () => office.Test(id));

    [Fact]
    public async Task A_create_that_came_twice_is_told_of_the_delete()
    {
        var late = await Before("put into the vault", () => office.Create(id, "Shop", "a"));
        await office.Create(id, "Shop", "a");
        await IsToldOfIt(late);
    }

    private async Task IsToldOfIt(string step, Func<Task> work)
    {
        await office.Create(id, "Shop", "a");
        await IsToldOfIt(await Before(step, work));
    }

    private async Task IsToldOfIt(Actor late)
    {
        await office.Delete(id);
        await office.DestroySecrets(id);
        while (!late.Ended) await late.Step();
        Assert.Equal("connection.deleted", Assert.IsType<RejectedException>(late.Fault).Code);
        Assert.Equal(["connection-created", "connection-deleted", "connection-secrets-destroyed"], await office.History(id));
    }

    private static async Task<Actor> Before(string step, Func<Task> work)
    {
        var actor = await Actor.Begin("late", work);
        while (actor.Next != step) await actor.Step();
        return actor;
    }
}
