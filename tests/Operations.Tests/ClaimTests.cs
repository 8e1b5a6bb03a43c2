using System.Text.Json;
using Connections.Connectors;
using Connections.Domain;
using Connections.Domain.Connection;
using EventSourcing;

namespace Operations.Tests;

/// <summary>Claims on names and accounts: holding, waiting and taking over.</summary>
public sealed class ClaimTests
{
    private const string NameTaken = "connection.name-taken";
    private const string AccountTaken = "connection.account-taken";

    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    private readonly InProcessOperations operations = new();
    private readonly Guid first = Guid.CreateVersion7();
    private readonly Guid second = Guid.CreateVersion7();

    [Fact]
    public async Task A_taken_name_is_rejected_with_the_id_of_its_connection()
    {
        await operations.Create(first, "Shop", "a");
        operations.Clock.Advance(10 * Minute);
        await InProcessOperations.Refused(NameTaken, first, () => operations.Create(second, " SHOP ", "b"));
    }

    [Fact]
    public async Task A_name_that_an_unfinished_sign_in_holds_is_rejected_with_that_reason()
    {
        var started = new AuthorizationStarted(
            Guid.NewGuid(), OpenConnector.Id, "Shop", JsonSerializer.SerializeToElement(new { }), operations.Clock.GetUtcNow() + (10 * Minute));
        await operations.Connections.Handle(
            InProcessOperations.Id(first), new StartAuthorization(started), InProcessOperations.Anna.Metadata, CancellationToken.None);
        await operations.TakeName(first, "Shop");
        operations.Clock.Advance(9 * Minute);
        var refused = await Assert.ThrowsAsync<RejectedException>(() => operations.Create(second, "Shop", "b"));
        Assert.Equal((NameTaken, (object)first), (refused.Code, refused.Facts["connectionId"]));
        Assert.Contains("sign-in", refused.Message, StringComparison.Ordinal);
        Assert.Contains($"delete the connection {first}", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_sign_in_that_was_started_while_the_clock_was_ahead_does_not_hold_its_name_until_that_time()
    {
        var started = new AuthorizationStarted(
            Guid.NewGuid(), OpenConnector.Id, "Shop", JsonSerializer.SerializeToElement(new { }), operations.Clock.GetUtcNow().AddDays(100));
        await operations.Connections.Handle(
            InProcessOperations.Id(first), new StartAuthorization(started), InProcessOperations.Anna.Metadata, CancellationToken.None);
        await operations.TakeName(first, "Shop");
        await InProcessOperations.Refused(NameTaken, first, () => operations.Create(second, "Shop", "b"));
        operations.Clock.Advance(Minute);
        await operations.Create(second, "Shop", "b");
    }

    [Fact]
    public async Task A_taken_account_is_rejected_with_the_id_of_its_connection()
    {
        await operations.Create(first, "Shop", "a,b");
        operations.Clock.Advance(10 * Minute);
        await InProcessOperations.Refused(AccountTaken, first, () => operations.Create(second, "Till", "c,b"));
        await operations.Create(Guid.CreateVersion7(), "Till", "c");
    }

    [Fact]
    public async Task An_unconfirmed_claim_is_respected_for_a_minute_and_then_taken_over_behind_a_fence()
    {
        await operations.TakeName(first, "Shop");
        await InProcessOperations.Refused(NameTaken, first, () => operations.Create(second, "Shop", "b"));
        operations.Clock.Advance(Minute - TimeSpan.FromTicks(1));
        await InProcessOperations.Refused(NameTaken, first, () => operations.Create(second, "Shop", "b"));
        operations.Clock.Advance(TimeSpan.FromTicks(1));
        await operations.Create(second, "Shop", "b");
        Assert.Equal(["connection-abandoned"], await operations.History(first));
    }

    [Fact]
    public async Task The_grace_period_starts_when_this_host_first_sees_the_claim()
    {
        await operations.TakeName(first, "Shop");
        operations.Clock.Advance(10 * Minute);
        await InProcessOperations.Refused(NameTaken, first, () => operations.Create(second, "Shop", "b"));
    }

    [Fact]
    public async Task A_renewed_claim_has_a_new_grace_period()
    {
        await operations.TakeName(first, "Shop");
        await InProcessOperations.Refused(NameTaken, first, () => operations.Create(second, "Shop", "b"));
        await operations.TakeName(first, "Shop");
        operations.Clock.Advance(Minute);
        await InProcessOperations.Refused(NameTaken, first, () => operations.Create(second, "Shop", "b"));
    }

    [Fact]
    public async Task A_released_claim_is_taken_at_once()
    {
        await operations.Release(await operations.TakeName(first, "Shop"));
        await operations.Create(second, "Shop", "b");
        Assert.Equal(["connection-abandoned"], await operations.History(first));
    }

    [Fact]
    public async Task A_rejected_creation_releases_name_and_accounts()
    {
        operations.Connector.Failure = new ConnectorResult.Failed(FailureKind.ReauthRequired, "Wrong password.", Delivered.No);
        Assert.Equal(
            "connection.credentials-rejected",
            (await Assert.ThrowsAsync<RejectedException>(() => operations.Create(first, "Shop", "a"))).Code);
        operations.Connector.Failure = null;
        await operations.Create(second, "Shop", "a");
    }

    [Fact]
    public async Task A_slow_claimant_that_was_taken_over_fails_and_one_connection_is_created()
    {
        operations.Log.Before(InProcessOperations.Stream(first), "connection-created", async () =>
        {
            await InProcessOperations.Refused(NameTaken, first, () => operations.Create(second, "Shop", "a"));
            operations.Clock.Advance(2 * Minute);
            await operations.Create(second, "Shop", "a");
        });
        var refused = await Assert.ThrowsAsync<RejectedException>(() => operations.Create(first, "Shop", "a"));
        Assert.Equal("connection.id-reused", refused.Code);
        Assert.Equal(["connection-abandoned"], await operations.History(first));
        Assert.Equal(["connection-created"], await operations.History(second));
        operations.Clock.Advance(2 * Minute);
        await InProcessOperations.Refused(NameTaken, second, () => operations.Create(Guid.CreateVersion7(), "Shop", "c"));
        await InProcessOperations.Refused(AccountTaken, second, () => operations.Create(Guid.CreateVersion7(), "Till", "a"));
    }

    [Fact]
    public async Task A_deleted_connection_can_be_added_again_at_once()
    {
        await operations.Create(first, "Shop", "a");
        await operations.Delete(first);
        await operations.Create(second, "Shop", "a");
        Assert.Equal(["connection-created", "connection-deleted"], await operations.History(first));
    }

    [Fact]
    public async Task The_same_id_twice_is_one_connection()
    {
        await operations.TakeName(first, "Shop");
        await operations.TakeName(first, "Shop");
        await operations.Create(first, "Shop", "a");
        await operations.Create(first, "Shop", "a");
        Assert.Equal(["connection-created"], await operations.History(first));
    }

    [Fact]
    public async Task The_same_id_twice_at_once_is_one_connection()
    {
        operations.Log.Before(InProcessOperations.Stream(first), "connection-created", () => operations.Create(first, "Shop", "a"));
        Assert.Equal(first, await operations.Create(first, "Shop", "a"));
        Assert.True(operations.Log.Interrupted);
        Assert.Equal(["connection-created"], await operations.History(first));
    }
}
