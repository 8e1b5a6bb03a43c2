namespace Operations.Tests;

/// <summary>A test of a connection may tell more of its account than was known.</summary>
public sealed class LearnedAccountTests
{
    private const string AccountTaken = "connection.account-taken";

    private readonly InProcessOperations office = new();
    private readonly Guid first = Guid.CreateVersion7();
    private readonly Guid second = Guid.CreateVersion7();

    [Fact]
    public async Task What_a_test_learns_is_claimed_and_confirmed()
    {
        await office.Create(first, "Shop", "a");
        office.Connector.Reported = ["server"];
        await office.Test(first);
        office.Clock.Advance(TimeSpan.FromHours(1));
        await InProcessOperations.Refused(AccountTaken, first, () => office.Create(second, "Till", "b"));
    }

    [Fact]
    public async Task What_another_has_is_left_out()
    {
        await office.Create(first, "Shop", "a");
        await office.Create(second, "Till", "server");
        office.Connector.Reported = ["server"];
        await office.Test(first);
        Assert.Single((await office.State(first)).Live!.Fingerprints);
    }

    [Fact]
    public async Task A_test_that_was_taken_over_records_what_it_saw_without_the_account()
    {
        await office.Create(first, "Shop", "a");
        office.Connector.Reported = ["server"];
        office.Log.Before(InProcessOperations.Stream(first), "connection-tested", async () =>
        {
            office.Connector.Reported = [];
            await InProcessOperations.Refused(AccountTaken, first, () => office.Create(second, "Till", "server"));
            office.Clock.Advance(TimeSpan.FromMinutes(2));
            await office.Create(second, "Till", "server");
        });
        await office.Test(first);
        Assert.Equal(["connection-created", "connection-fenced", "connection-tested"], await office.History(first));
        Assert.Single((await office.State(first)).Live!.Fingerprints);
    }
}
