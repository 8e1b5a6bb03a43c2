using EventSourcing;
using Operations.Tests.Interleaving;

namespace Operations.Tests;

/// <summary>A connection is deleted, and its secrets destroyed, while another command works on it.</summary>
public sealed class DeletedMeanwhileTests
{
    private readonly InProcessOperations operations = new();
    private readonly Guid id = Guid.CreateVersion7();

    [Fact]
    public Task A_reconnect_reports_the_deletion() => ReportsDeletion("put into the vault", () => operations.Reconnect(id, "a"));

    [Fact]
    public Task A_test_reports_the_deletion() => ReportsDeletion("get from the vault", () => operations.Test(id));

    [Fact]
    public async Task A_repeated_creation_reports_the_deletion()
    {
        var interrupted = await Before("put into the vault", () => operations.Create(id, "Shop", "a"));
        await operations.Create(id, "Shop", "a");
        await ReportsDeletion(interrupted);
    }

    private async Task ReportsDeletion(string step, Func<Task> work)
    {
        await operations.Create(id, "Shop", "a");
        await ReportsDeletion(await Before(step, work));
    }

    private async Task ReportsDeletion(Actor interrupted)
    {
        await operations.Delete(id);
        await operations.DestroySecrets(id);
        while (!interrupted.Ended) await interrupted.Step();
        Assert.Equal("connection.deleted", Assert.IsType<RejectedException>(interrupted.Fault).Code);
        Assert.Equal(["connection-created", "connection-deleted", "connection-secrets-destroyed"], await operations.History(id));
    }

    private static async Task<Actor> Before(string step, Func<Task> work)
    {
        var actor = await Actor.Begin("interrupted", work);
        while (actor.Next != step) await actor.Step();
        return actor;
    }
}
