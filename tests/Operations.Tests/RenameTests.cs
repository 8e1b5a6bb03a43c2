using Connections.Domain.Connection;
using EventSourcing;

namespace Operations.Tests;

public sealed class RenameTests
{
    private const string NameTaken = "connection.name-taken";

    private readonly InProcessOperations operations = new();
    private readonly Guid first = Guid.CreateVersion7();
    private readonly Guid second = Guid.CreateVersion7();

    [Fact]
    public async Task The_earlier_name_is_free_at_once_after_a_fence()
    {
        await operations.Create(first, "Shop", "a");
        await operations.Rename(first, "Till");
        await operations.Create(second, "Shop", "b");
        Assert.Equal(["connection-created", "connection-renamed", "connection-fenced"], await operations.History(first));
    }

    [Fact]
    public async Task The_current_name_is_taken()
    {
        await operations.Create(first, "Shop", "a");
        await operations.Rename(first, "Till");
        operations.Clock.Advance(TimeSpan.FromHours(1));
        await InProcessOperations.Refused(NameTaken, first, () => operations.Create(second, "Till", "b"));
    }

    [Fact]
    public async Task A_name_in_another_spelling_stays_with_its_connection()
    {
        await operations.Create(first, "Shop", "a");
        await operations.Rename(first, "SHOP");
        operations.Clock.Advance(TimeSpan.FromHours(1));
        await InProcessOperations.Refused(NameTaken, first, () => operations.Create(second, "shop", "b"));
    }

    [Fact]
    public async Task A_rename_whose_claim_was_taken_over_starts_again_and_is_rejected()
    {
        await operations.Create(first, "Shop", "a");
        operations.Log.Before(InProcessOperations.Stream(first), "connection-renamed", async () =>
        {
            await InProcessOperations.Refused(NameTaken, first, () => operations.Create(second, "Till", "b"));
            operations.Clock.Advance(TimeSpan.FromMinutes(2));
            await operations.Create(second, "Till", "b");
        });
        await InProcessOperations.Refused(NameTaken, second, () => operations.Rename(first, "Till"));
        Assert.Equal(["connection-created", "connection-fenced"], await operations.History(first));
        Assert.Equal("Shop", (await operations.State(first)).Name);
    }

    [Fact]
    public async Task A_rename_that_was_fenced_needlessly_starts_again_and_succeeds()
    {
        await operations.Create(first, "Shop", "a");
        operations.Log.Before(InProcessOperations.Stream(first), "connection-renamed", async () =>
        {
            await InProcessOperations.Refused(NameTaken, first, () => operations.TakeName(second, "Till"));
            operations.Clock.Advance(TimeSpan.FromMinutes(2));
            await operations.Release(await operations.TakeName(second, "Till"));
        });
        await operations.Rename(first, "Till");
        Assert.Equal(["connection-created", "connection-fenced", "connection-renamed"], await operations.History(first));
        await InProcessOperations.Refused(NameTaken, first, () => operations.TakeName(Guid.CreateVersion7(), "Till"));
    }

    [Fact]
    public async Task A_repeated_take_over_adds_another_fence()
    {
        await operations.Create(first, "Shop", "a");
        await operations.Release(await operations.TakeName(first, "Till"));
        Loaded<ConnectionState>? renaming = null;
        operations.Log.Before("connectionName-", "claim-taken", async () =>
        {
            // The first rename reads its stream after the fence, claims again, and then fails another attempt of its own.
            renaming = await operations.Connections.Load(InProcessOperations.Id(first), CancellationToken.None);
            await operations.TakeName(first, "Till");
            await operations.Release(await operations.TakeName(first, "Till"));
        });
        await operations.Create(second, "Till", "b");
        Assert.NotNull(renaming);
        Assert.Equal(1, renaming.Revision);
        await Assert.ThrowsAsync<StreamConflictException>(
            () => operations.Connections.Append(
                renaming, new RenameConnection("Till"), InProcessOperations.Anna.Metadata, CancellationToken.None));
    }
}
