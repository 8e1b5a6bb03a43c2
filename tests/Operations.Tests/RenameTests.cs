using Connections.Domain.Connection;
using EventSourcing;

namespace Operations.Tests;

public sealed class RenameTests
{
    private const string NameTaken = "connection.name-taken";

    private readonly InProcessOperations office = new();
    private readonly Guid first = Guid.CreateVersion7();
    private readonly Guid second = Guid.CreateVersion7();

    [Fact]
    public async Task The_name_before_is_free_at_once_behind_a_fence()
    {
        await office.Create(first, "Shop", "a");
        await office.Rename(first, "Till");
        await office.Create(second, "Shop", "b");
        Assert.Equal(["connection-created", "connection-renamed", "connection-fenced"], await office.History(first));
    }

    [Fact]
    public async Task The_name_now_is_taken()
    {
        await office.Create(first, "Shop", "a");
        await office.Rename(first, "Till");
        office.Clock.Advance(TimeSpan.FromHours(1));
        await InProcessOperations.Refused(NameTaken, first, () => office.Create(second, "Till", "b"));
    }

    [Fact]
    public async Task A_name_written_otherwise_stays_its_own()
    {
        await office.Create(first, "Shop", "a");
        await office.Rename(first, "SHOP");
        office.Clock.Advance(TimeSpan.FromHours(1));
        await InProcessOperations.Refused(NameTaken, first, () => office.Create(second, "shop", "b"));
    }

    [Fact]
    public async Task A_rename_that_another_took_over_begins_again_and_is_refused()
    {
        await office.Create(first, "Shop", "a");
        office.Log.Before(InProcessOperations.Stream(first), "connection-renamed", async () =>
        {
            await InProcessOperations.Refused(NameTaken, first, () => office.Create(second, "Till", "b"));
            office.Clock.Advance(TimeSpan.FromMinutes(2));
            await office.Create(second, "Till", "b");
        });
        await InProcessOperations.Refused(NameTaken, second, () => office.Rename(first, "Till"));
        Assert.Equal(["connection-created", "connection-fenced"], await office.History(first));
        Assert.Equal("Shop", (await office.State(first)).Name);
    }

    [Fact]
    public async Task A_rename_that_was_fenced_for_nothing_begins_again_and_stands()
    {
        await office.Create(first, "Shop", "a");
        office.Log.Before(InProcessOperations.Stream(first), "connection-renamed", async () =>
        {
            await InProcessOperations.Refused(NameTaken, first, () => office.TakeName(second, "Till"));
            office.Clock.Advance(TimeSpan.FromMinutes(2));
            await office.GiveBack(await office.TakeName(second, "Till"));
        });
        await office.Rename(first, "Till");
        Assert.Equal(["connection-created", "connection-fenced", "connection-renamed"], await office.History(first));
        await InProcessOperations.Refused(NameTaken, first, () => office.TakeName(Guid.CreateVersion7(), "Till"));
    }

    [Fact]
    public async Task A_take_over_that_begins_again_fences_again()
    {
        await office.Create(first, "Shop", "a");
        await office.GiveBack(await office.TakeName(first, "Till"));
        Loaded<ConnectionState>? renaming = null;
        office.Log.Before("connectionName-", "claim-taken", async () =>
        {
            // the first reads its stream behind the fence, claims anew, and another try of its own gives up
            renaming = await office.Connections.Load(InProcessOperations.Stream(first), CancellationToken.None);
            await office.TakeName(first, "Till");
            await office.GiveBack(await office.TakeName(first, "Till"));
        });
        await office.Create(second, "Till", "b");
        Assert.NotNull(renaming);
        Assert.Equal(1, renaming.Revision);
        await Assert.ThrowsAsync<StreamConflictException>(
            () => office.Connections.Append(renaming, new RenameConnection("Till"), InProcessOperations.Anna.Metadata, CancellationToken.None));
    }
}
