using Connections.Connectors.Files;
using Files.Tests.Harness;
using TestServers;

namespace Files.Tests;

public abstract class ExpiryContract(FileDatabase database, BucketFixture? bucket = null) : FileContract(database, bucket)
{
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);
    private static readonly TimeSpan Delay = TimeSpan.FromDays(3);

    [Fact]
    public async Task A_file_expires_after_a_day_and_is_then_reported_as_expired()
    {
        var file = await Put([1]);
        Assert.Equal((Clock.GetUtcNow() + Day).ToUnixTimeMilliseconds(), file.ExpiresAt.ToUnixTimeMilliseconds());
        Clock.Advance(Day - TimeSpan.FromSeconds(1));
        Assert.Equal([1], await Read(file.Id));
        Clock.Advance(TimeSpan.FromSeconds(1));
        await Rejects("file.expired", () => Store.Open(Workspace, file.Id, default));
        await Rejects("file.expired", () => Store.Get(Workspace, file.Id, default));
        await Rejects("file.not-found", () => Store.Get("other", file.Id, default));
    }

    [Fact]
    public async Task The_bytes_of_an_expired_file_are_removed_after_the_delay_and_not_before()
    {
        var file = await Put(Random(100_000));
        await Sweep(Day + Delay - TimeSpan.FromSeconds(1));
        Assert.Single(Stored());
        await Sweep(TimeSpan.FromSeconds(2));
        Assert.Empty(Stored());
        await Rejects("file.expired", () => Store.Get(Workspace, file.Id, default));
        await Sweep(TimeSpan.FromDays(31));
        await Rejects("file.not-found", () => Store.Get(Workspace, file.Id, default));
    }

    [Fact]
    public async Task A_clock_that_was_ahead_for_less_than_the_delay_destroys_nothing()
    {
        var file = await Put([1, 2]);
        await Host.Sweep.Run(Clock.GetUtcNow() + Delay, Delay, default);
        Assert.Equal([1, 2], await Read(file.Id));
    }

    [Fact]
    public async Task An_expired_file_can_be_deleted_at_once()
    {
        var file = await Put([1]);
        Clock.Advance(2 * Day);
        await Store.Delete(Workspace, file.Id, default);
        Assert.Empty(Stored());
    }

    [Fact]
    public async Task An_upload_in_progress_survives_a_sweep_however_old_it_is()
    {
        await using var writer = await Store.Create(Workspace, new NewFile("a", null), default);
        await writer.Write(Random(100_000), default);
        await Sweep(TimeSpan.FromDays(2));
        Assert.Equal(100_000, (await writer.Complete(default)).Size);
    }

    [Fact]
    public async Task The_key_of_its_month_is_kept_while_a_file_needs_it()
    {
        Assert.Null(await Host.Records.OldestSealed(default));
        var now = Clock.GetUtcNow();
        var file = await Put([7]);
        Clock.Advance(TimeSpan.FromHours(5));
        await Put([8]);
        Assert.Equal(now.ToUnixTimeMilliseconds(), (await Host.Records.OldestSealed(default))!.Value.ToUnixTimeMilliseconds());
        await Host.Seals.DestroyMonthsBefore((await Host.Records.OldestSealed(default))!.Value, default);
        Assert.Equal([7], await Read(file.Id));
    }

    [Fact]
    public async Task A_file_is_readable_after_a_rotation_of_the_key_ring()
    {
        var file = await Put([4, 2]);
        var rotated = await Another(activeKey: "k2");
        // The other host may read at this moment. The rewrap then asks to be run again.
        var remaining = await Until.Seen(
            async () =>
            {
                try
                {
                    return (await rotated.Rewrap.Run(default)).Remaining.Count;
                }
                catch (TimeoutException)
                {
                    return -1;
                }
            },
            count => count >= 0, "the rewrap is complete");
        Assert.Equal(0, remaining);
        var fresh = await Another(activeKey: "k2", oldKey: false);
        Assert.Equal([4, 2], await Read(fresh, file.Id));
    }

    private Task Sweep(TimeSpan after)
    {
        Clock.Advance(after);
        return Host.Sweep.Run(Clock.GetUtcNow(), Delay, default);
    }
}
