using Connections.Connectors;
using Connections.Domain;
using EventSourcing;

namespace Operations.Tests;

/// <summary>One name, one account: who has it, who waits, who takes over.</summary>
public sealed class ClaimTests
{
    private const string NameTaken = "connection.name-taken";
    private const string AccountTaken = "connection.account-taken";

    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    private readonly InProcessOperations office = new();
    private readonly Guid first = Guid.CreateVersion7();
    private readonly Guid second = Guid.CreateVersion7();

    [Fact]
    public async Task A_name_that_a_connection_has_is_refused_with_that_connections_id()
    {
        await office.Create(first, "Shop", "a");
        office.Clock.Advance(10 * Minute);
        await InProcessOperations.Refused(NameTaken, first, () => office.Create(second, " SHOP ", "b"));
    }

    [Fact]
    public async Task An_account_that_a_connection_has_is_refused_with_that_connections_id()
    {
        await office.Create(first, "Shop", "a,b");
        office.Clock.Advance(10 * Minute);
        await InProcessOperations.Refused(AccountTaken, first, () => office.Create(second, "Till", "c,b"));
        await office.Create(Guid.CreateVersion7(), "Till", "c");
    }

    [Fact]
    public async Task An_unconfirmed_claim_is_respected_for_a_minute_and_then_taken_over_behind_a_fence()
    {
        await office.TakeName(first, "Shop");
        await InProcessOperations.Refused(NameTaken, first, () => office.Create(second, "Shop", "b"));
        office.Clock.Advance(Minute - TimeSpan.FromTicks(1));
        await InProcessOperations.Refused(NameTaken, first, () => office.Create(second, "Shop", "b"));
        office.Clock.Advance(TimeSpan.FromTicks(1));
        await office.Create(second, "Shop", "b");
        Assert.Equal(["connection-abandoned"], await office.History(first));
    }

    [Fact]
    public async Task The_minute_counts_from_when_we_first_saw_the_claim()
    {
        await office.TakeName(first, "Shop");
        office.Clock.Advance(10 * Minute);
        await InProcessOperations.Refused(NameTaken, first, () => office.Create(second, "Shop", "b"));
    }

    [Fact]
    public async Task A_renewed_claim_has_a_minute_of_its_own()
    {
        await office.TakeName(first, "Shop");
        await InProcessOperations.Refused(NameTaken, first, () => office.Create(second, "Shop", "b"));
        await office.TakeName(first, "Shop");
        office.Clock.Advance(Minute);
        await InProcessOperations.Refused(NameTaken, first, () => office.Create(second, "Shop", "b"));
    }

    [Fact]
    public async Task What_was_given_back_is_taken_at_once()
    {
        await office.GiveBack(await office.TakeName(first, "Shop"));
        await office.Create(second, "Shop", "b");
        Assert.Equal(["connection-abandoned"], await office.History(first));
    }

    [Fact]
    public async Task A_create_that_is_refused_gives_back_name_and_accounts()
    {
        office.Connector.Failure = new ConnectorResult.Failed(FailureKind.ReauthRequired, "Wrong password.", Delivered.No);
        Assert.Equal(
            "connection.credentials-rejected",
            (await Assert.ThrowsAsync<RejectedException>(() => office.Create(first, "Shop", "a"))).Code);
        office.Connector.Failure = null;
        await office.Create(second, "Shop", "a");
    }

    [Fact]
    public async Task A_slow_claimant_that_was_taken_over_fails_cleanly_and_one_connection_is_made()
    {
        office.Log.Before(InProcessOperations.Stream(first), "connection-created", async () =>
        {
            await InProcessOperations.Refused(NameTaken, first, () => office.Create(second, "Shop", "a"));
            office.Clock.Advance(2 * Minute);
            await office.Create(second, "Shop", "a");
        });
        var refused = await Assert.ThrowsAsync<RejectedException>(() => office.Create(first, "Shop", "a"));
        Assert.Equal("connection.id-reused", refused.Code);
        Assert.Equal(["connection-abandoned"], await office.History(first));
        Assert.Equal(["connection-created"], await office.History(second));
        office.Clock.Advance(2 * Minute);
        await InProcessOperations.Refused(NameTaken, second, () => office.Create(Guid.CreateVersion7(), "Shop", "c"));
        await InProcessOperations.Refused(AccountTaken, second, () => office.Create(Guid.CreateVersion7(), "Till", "a"));
    }

    [Fact]
    public async Task Delete_and_add_again_works_at_once()
    {
        await office.Create(first, "Shop", "a");
        await office.Delete(first);
        await office.Create(second, "Shop", "a");
        Assert.Equal(["connection-created", "connection-deleted"], await office.History(first));
    }

    [Fact]
    public async Task The_same_id_twice_is_one_connection()
    {
        await office.TakeName(first, "Shop");
        await office.TakeName(first, "Shop");
        await office.Create(first, "Shop", "a");
        await office.Create(first, "Shop", "a");
        Assert.Equal(["connection-created"], await office.History(first));
    }

    [Fact]
    public async Task The_same_id_twice_at_once_is_one_connection()
    {
        office.Log.Before(InProcessOperations.Stream(first), "connection-created", () => office.Create(first, "Shop", "a"));
        Assert.Equal(first, await office.Create(first, "Shop", "a"));
        Assert.True(office.Log.Interrupted);
        Assert.Equal(["connection-created"], await office.History(first));
    }
}
