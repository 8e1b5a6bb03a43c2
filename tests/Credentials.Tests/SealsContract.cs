using System.Security.Cryptography;
using Credentials.Tests.Harness;
using Microsoft.Extensions.Time.Testing;

namespace Credentials.Tests;

public abstract class SealsContract(TestStore store) : CredentialsContract(store)
{
    private const string Subject = "activity-1/input";

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(1_000)]
    [InlineData(200_000)]
    public async Task Sealed_content_can_be_opened(int size)
    {
        var clear = RandomNumberGenerator.GetBytes(size);
        var text = await Host.Seals.Seal(Workspace, Subject, clear, default);
        Assert.Equal(clear, await Host.Seals.Open(Workspace, Subject, text, default));
    }

    [Fact]
    public async Task The_text_contains_the_month_and_is_printable() =>
        Assert.Matches("^v1\\.2026-11\\.[A-Za-z0-9_-]+$", await Sealed("hello"));

    [Fact]
    public async Task Another_subject_or_workspace_does_not_open_it()
    {
        var text = await Sealed("hello");
        await Host.Seals.Seal(Other, Subject, Bytes("theirs"), default);
        await Assert.ThrowsAnyAsync<CryptographicException>(() => Host.Seals.Open(Workspace, "activity-1/output", text, default));
        await Assert.ThrowsAnyAsync<CryptographicException>(() => Host.Seals.Open(Other, Subject, text, default));
        await Assert.ThrowsAnyAsync<CryptographicException>(() => Host.Seals.Open("third", Subject, text, default));
    }

    [Fact]
    public async Task A_changed_text_does_not_open()
    {
        var text = await Sealed("hello");
        for (var i = "v1.2026-11.".Length; i < text.Length - 1; i++)
        {
            var changed = $"{text[..i]}{(text[i] == 'A' ? 'B' : 'A')}{text[(i + 1)..]}";
            await Assert.ThrowsAnyAsync<CryptographicException>(() => Open(changed));
        }
    }

    [Fact]
    public async Task A_text_moved_to_another_month_does_not_open()
    {
        var text = await Sealed("hello");
        Clock.Advance(TimeSpan.FromDays(30));
        await Sealed("in December");
        await Assert.ThrowsAnyAsync<CryptographicException>(() => Open(text.Replace("2026-11", "2026-12")));
    }

    [Theory]
    [InlineData("")]
    [InlineData("open sesame")]
    [InlineData("v1.2026-11.")]
    [InlineData("v1.2026-11.open sesame open sesame open sesame")]
    [InlineData("v1.2026-11.b3BlbiBzZXNhbWU")]
    [InlineData("v1.2026-13.b3BlbiBzZXNhbWVvcGVuIHNlc2FtZW9wZW4gc2VzYW1lb3BlbiBzZXNhbWU")]
    [InlineData("v1.2026-11.1.b3BlbiBzZXNhbWVvcGVuIHNlc2FtZW9wZW4gc2VzYW1lb3BlbiBzZXNhbWU")]
    [InlineData("v1.2026-11.02.b3BlbiBzZXNhbWVvcGVuIHNlc2FtZW9wZW4gc2VzYW1lb3BlbiBzZXNhbWU")]
    [InlineData("v1.2026-11..b3BlbiBzZXNhbWVvcGVuIHNlc2FtZW9wZW4gc2VzYW1lb3BlbiBzZXNhbWU")]
    [InlineData("v1.2026-11.2x.b3BlbiBzZXNhbWVvcGVuIHNlc2FtZW9wZW4gc2VzYW1lb3BlbiBzZXNhbWU")]
    [InlineData("v1..b3BlbiBzZXNhbWVvcGVuIHNlc2FtZW9wZW4gc2VzYW1lb3BlbiBzZXNhbWU")]
    [InlineData("v2.2026-11.b3BlbiBzZXNhbWVvcGVuIHNlc2FtZW9wZW4gc2VzYW1lb3BlbiBzZXNhbWU")]
    public async Task A_text_that_is_not_sealed_is_rejected_and_not_quoted(string text)
    {
        var refused = await Assert.ThrowsAsync<FormatException>(() => Open(text));
        Assert.Equal("This is not a sealed text.", refused.Message);
        Assert.Null(refused.InnerException);
    }

    [Fact]
    public async Task Each_month_has_its_key_and_old_texts_still_open()
    {
        var november = await Sealed("in November");
        Clock.SetUtcNow(new DateTimeOffset(2026, 12, 1, 0, 0, 0, TimeSpan.Zero).AddTicks(-1));
        var lastMoment = await Sealed("at the end");
        Clock.Advance(TimeSpan.FromTicks(1));
        var december = await Sealed("in December");
        Assert.StartsWith("v1.2026-11.", lastMoment);
        Assert.StartsWith("v1.2026-12.", december);
        Assert.Equal(["2026-11", "2026-12"], await Store.Query<string>("SELECT name FROM data_keys ORDER BY name"));
        Assert.Equal(Bytes("in November"), await Open(november));
        Assert.Equal(Bytes("at the end"), await Open(lastMoment));
    }

    [Fact]
    public async Task Destroyed_months_open_as_null_and_later_ones_stay_readable()
    {
        var november = await Sealed("in November");
        Clock.Advance(TimeSpan.FromDays(30));
        var december = await Sealed("in December");
        await Host.Seals.DestroyMonthsBefore(new DateTimeOffset(2026, 11, 30, 23, 59, 59, TimeSpan.Zero), default);
        Assert.Equal(Bytes("in November"), await Open(november));
        await Host.Seals.DestroyMonthsBefore(new DateTimeOffset(2026, 12, 1, 0, 0, 0, TimeSpan.Zero), default);
        Assert.Null(await Open(november));
        Assert.Equal(Bytes("in December"), await Open(december));
        await Restart(TestRing.First);
        Assert.Null(await Open(november));
        Assert.Equal(Bytes("in December"), await Open(december));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(11)]
    public async Task A_destroyed_month_gets_another_key_and_the_old_texts_stay_unreadable(int times)
    {
        var old = new List<string>();
        for (var i = 0; i < times; i++)
        {
            old.Add(await Sealed("destroyed"));
            await DestroyThisMonth();
        }

        var fresh = await Sealed("fresh");
        Assert.StartsWith($"v1.2026-11.{times + 1}.", fresh);
        foreach (var text in old) Assert.Null(await Open(text));
        Assert.Equal(Bytes("fresh"), await Open(fresh));
        await Restart(TestRing.First);
        Assert.Equal(Bytes("fresh"), await Open(fresh));
        Assert.Equal(Bytes("too"), await Open(await Sealed("too")));
    }

    [Fact]
    public async Task A_further_key_of_a_month_is_destroyed_with_its_month_and_not_before()
    {
        await Sealed("destroyed");
        await DestroyThisMonth();
        var fresh = await Sealed("fresh");
        await Host.Seals.DestroyMonthsBefore(new DateTimeOffset(2026, 11, 30, 0, 0, 0, TimeSpan.Zero), default);
        Assert.Equal(Bytes("fresh"), await Open(fresh));
        await DestroyThisMonth();
        Assert.Null(await Open(fresh));
    }

    [Fact]
    public async Task A_text_moved_to_another_key_of_its_month_does_not_open()
    {
        await Sealed("destroyed");
        await DestroyThisMonth();
        var second = await Sealed("second");
        await DestroyThisMonth();
        await Sealed("third");
        await Assert.ThrowsAnyAsync<CryptographicException>(() => Open(second.Replace("2026-11.2.", "2026-11.3.")));
        await Assert.ThrowsAnyAsync<CryptographicException>(() => Open(second.Replace("2026-11.2.", "2026-11.4.")));
    }

    [Fact]
    public async Task Hosts_agree_on_the_key_that_follows_a_destroyed_one()
    {
        await Sealed("destroyed");
        await DestroyThisMonth();
        await using var elsewhere = await RunningHost.Start(Store, Clock, TestRing.First);
        var texts = await Task.WhenAll(Enumerable.Range(0, 16).Select(i => Task.Run(() =>
            (i % 2 == 0 ? Host : elsewhere).Seals.Seal(Workspace, Subject, Bytes($"{i}"), default))));
        for (var i = 0; i < texts.Length; i++) Assert.Equal(Bytes($"{i}"), await Open(texts[i]));
        Assert.All(texts, text => Assert.StartsWith("v1.2026-11.2.", text));
    }

    [Fact]
    public async Task A_host_whose_clock_is_in_a_destroyed_month_seals_with_the_key_of_the_others()
    {
        await Sealed("destroyed");
        await Host.Seals.DestroyMonthsBefore(Clock.GetUtcNow().AddDays(30), default);
        Clock.Advance(TimeSpan.FromDays(90));
        await Sealed("in February");
        await using var behind = await RunningHost.Start(
            Store, new FakeTimeProvider(new DateTimeOffset(2026, 11, 22, 0, 0, 0, TimeSpan.Zero)), TestRing.First);
        var text = await behind.Seals.Seal(Workspace, Subject, Bytes("now"), default);
        Assert.StartsWith("v1.2027-02.", text);
        Assert.Equal(Bytes("now"), await Open(text));
    }

    [Theory]
    [InlineData("wrapped = @Other")]
    [InlineData("wrapped = substr(wrapped, 1, 20)")]
    public async Task A_month_whose_key_does_not_open_gets_another_key(string change)
    {
        var old = await Sealed("old");
        await Store.Execute($"UPDATE data_keys SET {change}", new { Other = RandomNumberGenerator.GetBytes(60) });
        await Restart(TestRing.First);
        await Assert.ThrowsAnyAsync<CryptographicException>(() => Open(old));
        var fresh = await Sealed("fresh");
        Assert.StartsWith("v1.2026-11.2.", fresh);
        Assert.Equal(Bytes("fresh"), await Open(fresh));
    }

    [Fact]
    public async Task Concurrent_first_uses_agree_on_one_month_key()
    {
        await using var elsewhere = await RunningHost.Start(Store, Clock, TestRing.First);
        var texts = await Task.WhenAll(Enumerable.Range(0, 32).Select(i => Task.Run(() =>
            (i % 2 == 0 ? Host : elsewhere).Seals.Seal(Workspace, Subject, Bytes($"{i}"), default))));
        Assert.Single(await Store.Query<string>("SELECT name FROM data_keys"));
        for (var i = 0; i < texts.Length; i++) Assert.Equal(Bytes($"{i}"), await Open(texts[i]));
    }

    [Fact]
    public async Task Many_threads_seal_and_open_concurrently_and_no_nonce_is_repeated()
    {
        await Sealed("first");
        var texts = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(async () =>
        {
            var made = new List<string>();
            for (var i = 0; i < 1_000; i++)
            {
                made.Add(await Sealed("the same"));
                Assert.Equal(Bytes("the same"), await Open(made[^1]));
            }

            return made;
        })));
        var nonces = texts.SelectMany(made => made).Select(text => text.Substring("v1.2026-11.".Length, 16)).ToHashSet();
        Assert.Equal(4_000, nonces.Count);
    }

    private Task DestroyThisMonth() => Host.Seals.DestroyMonthsBefore(new DateTimeOffset(2026, 12, 1, 0, 0, 0, TimeSpan.Zero), default);

    private Task<string> Sealed(string clear) => Host.Seals.Seal(Workspace, Subject, Bytes(clear), default);

    private Task<byte[]?> Open(string text) => Host.Seals.Open(Workspace, Subject, text, default);
}
