using Connections.Credentials.OneTime;
using Credentials.Tests.Harness;
using EventSourcing;

namespace Credentials.Tests;

public abstract class OneTimeSecretsContract(TestStore store) : CredentialsContract(store)
{
    private static readonly Guid First = Guid.Parse("11111111-1111-4111-8111-111111111111");
    private static readonly Guid Second = Guid.Parse("22222222-2222-4222-8222-222222222222");

    [Fact]
    public async Task The_first_command_owns_the_secret_until_it_ends()
    {
        var put = await Put();
        Assert.Equal("open sesame", await Take(put.Reference, First));
        Clock.Advance(TimeSpan.FromHours(1));
        Assert.Equal("open sesame", await Take(put.Reference, First));
        await Refused("secret.not-found", put.Reference, Second);
        await Host.OneTime.Ended(Other, First, default);
        Assert.Equal("open sesame", await Take(put.Reference, First));
        await Host.OneTime.Ended(Workspace, First, default);
        await Refused("secret.not-found", put.Reference, First);
    }

    [Fact]
    public async Task A_secret_that_is_not_taken_expires_after_ten_minutes()
    {
        var put = await Put();
        Assert.Equal(Clock.GetUtcNow().AddMinutes(10), put.ExpiresAt);
        Clock.Advance(TimeSpan.FromMinutes(10));
        await Refused("secret.expired", put.Reference, First);
        await Put();
        await Refused("secret.expired", put.Reference, First);
        Assert.Single(await Store.Query<string>("SELECT reference FROM one_time_secrets WHERE sealed IS NULL"));
        Clock.Advance(TimeSpan.FromDays(1));
        await Put();
        await Refused("secret.not-found", put.Reference, First);
    }

    [Fact]
    public async Task A_clock_that_jumps_ahead_destroys_no_secret_that_a_command_has_taken()
    {
        var put = await Put();
        await Take(put.Reference, First);
        Clock.Advance(TimeSpan.FromDays(100));
        await Put();
        await Put();
        Assert.Equal("open sesame", await Take(put.Reference, First));
    }

    [Fact]
    public async Task A_secret_whose_command_never_ended_is_destroyed_after_a_month_and_not_before()
    {
        var put = await Put();
        await Take(put.Reference, First);
        await Host.OneTime.RemoveAbandoned(put.ExpiresAt.AddDays(30).AddSeconds(-1), default);
        Assert.Equal("open sesame", await Take(put.Reference, First));
        var untaken = await Put();
        await Host.OneTime.RemoveAbandoned(put.ExpiresAt.AddDays(30), default);
        await Refused("secret.not-found", put.Reference, First);
        Assert.Equal("open sesame", await Take(untaken.Reference, Second));
    }

    [Theory]
    [InlineData(16)]
    [InlineData(24 * 60)]
    [InlineData(100 * 24 * 60)]
    public async Task A_secret_that_was_stored_while_the_clock_was_ahead_has_expired_once_it_is_right(int minutes)
    {
        var put = await Put();
        await Store.Execute($"UPDATE one_time_secrets SET expires_at = expires_at + {(minutes - 10) * 60_000L}");
        await Refused("secret.expired", put.Reference, First);
    }

    [Fact]
    public async Task A_secret_of_a_host_whose_clock_is_a_little_ahead_can_be_taken()
    {
        var put = await Put();
        await Store.Execute("UPDATE one_time_secrets SET expires_at = expires_at + 4 * 60000");
        Assert.Equal("open sesame", await Take(put.Reference, First));
    }

    [Fact]
    public async Task A_secret_is_found_only_in_its_own_workspace()
    {
        var put = await Put();
        var refused = await Assert.ThrowsAsync<RejectedException>(() => Host.OneTime.Take(Other, put.Reference, First, default));
        Assert.Equal("secret.not-found", refused.Code);
        await Refused("secret.not-found", "guessed", First);
    }

    [Fact]
    public async Task One_of_many_concurrent_commands_gets_the_secret()
    {
        var put = await Put();
        var got = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(async () =>
        {
            try
            {
                await Take(put.Reference, Guid.NewGuid());
                return 1;
            }
            catch (RejectedException)
            {
                return 0;
            }
        })));
        Assert.Equal(1, got.Sum());
    }

    [Fact]
    public async Task Secrets_may_be_stored_and_taken_concurrently_while_others_expire()
    {
        for (var round = 0; round < 5; round++)
        {
            var old = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => Task.Run(Put)));
            Clock.Advance(TimeSpan.FromMinutes(11));
            await Task.WhenAll([
                .. old.Select(o => Task.Run(() => Refused("secret.expired", o.Reference, First))),
                .. Enumerable.Range(0, 6).Select(i => Task.Run(async () => await Take((await Put()).Reference, Guid.NewGuid())))
            ]);
            Clock.Advance(TimeSpan.FromDays(1));
        }
    }

    [Fact]
    public async Task A_reference_cannot_be_guessed_and_is_not_in_the_table()
    {
        var put = await Put();
        Assert.Matches("^[A-Za-z0-9_-]{43}$", put.Reference);
        Assert.NotEqual(put.Reference, (await Put()).Reference);
        Assert.DoesNotContain(put.Reference, await Store.Query<string>("SELECT reference FROM one_time_secrets"));
    }

    [Theory]
    [InlineData("sealed = (SELECT other.sealed FROM one_time_secrets AS other WHERE other.reference <> one_time_secrets.reference)")]
    [InlineData("sealed = 'not sealed'")]
    [InlineData("sealed = 'v1.2031-01.b3BlbiBzZXNhbWVvcGVuIHNlc2FtZW9wZW4gc2VzYW1lb3BlbiBzZXNhbWU'")]
    public async Task A_secret_that_does_not_open_is_refused_and_can_be_submitted_again(string change)
    {
        var put = await Put();
        await Put();
        await Store.Execute($"UPDATE one_time_secrets SET {change}");
        await Refused("secret.not-found", put.Reference, First);
        Assert.Equal("open sesame", await Take((await Put()).Reference, First));
    }

    private Task<OneTimeSecret> Put() => Host.OneTime.Put(Workspace, Password("open sesame"), default);

    private async Task<string?> Take(string reference, Guid command) =>
        (await Host.OneTime.Take(Workspace, reference, command, default)).Field("password");

    private async Task Refused(string code, string reference, Guid command) =>
        Assert.Equal(code, (await Assert.ThrowsAsync<RejectedException>(() => Take(reference, command))).Code);
}
