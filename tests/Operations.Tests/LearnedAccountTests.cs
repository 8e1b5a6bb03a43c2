namespace Operations.Tests;

/// <summary>A connection test may find new identities of the account.</summary>
public sealed class LearnedAccountTests
{
    private const string AccountTaken = "connection.account-taken";

    private readonly InProcessOperations operations = new();
    private readonly Guid first = Guid.CreateVersion7();
    private readonly Guid second = Guid.CreateVersion7();

    [Fact]
    public async Task An_identity_found_by_a_test_is_claimed_and_confirmed()
    {
        await operations.Create(first, "Shop", "a");
        operations.Connector.Reported = ["server"];
        await operations.Test(first);
        operations.Clock.Advance(TimeSpan.FromHours(1));
        await InProcessOperations.Refused(AccountTaken, first, () => operations.Create(second, "Till", "b"));
    }

    [Fact]
    public async Task An_identity_of_another_connection_is_left_out()
    {
        await operations.Create(first, "Shop", "a");
        await operations.Create(second, "Till", "server");
        operations.Connector.Reported = ["server"];
        await operations.Test(first);
        Assert.Single((await operations.State(first)).Live!.Fingerprints);
    }

    [Fact]
    public async Task A_test_whose_claim_was_taken_over_is_recorded_without_the_account()
    {
        await operations.Create(first, "Shop", "a");
        operations.Connector.Reported = ["server"];
        operations.Log.Before(InProcessOperations.Stream(first), "connection-tested", async () =>
        {
            operations.Connector.Reported = [];
            await InProcessOperations.Refused(AccountTaken, first, () => operations.Create(second, "Till", "server"));
            operations.Clock.Advance(TimeSpan.FromMinutes(2));
            await operations.Create(second, "Till", "server");
        });
        await operations.Test(first);
        Assert.Equal(["connection-created", "connection-fenced", "connection-tested"], await operations.History(first));
        Assert.Single((await operations.State(first)).Live!.Fingerprints);
    }
}
