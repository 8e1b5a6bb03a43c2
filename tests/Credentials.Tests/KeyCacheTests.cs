using System.Security.Cryptography;
using Connections.Credentials.Keys;
using Microsoft.Extensions.Time.Testing;

namespace Credentials.Tests;

public sealed class KeyCacheTests : IDisposable
{
    private readonly FakeTimeProvider clock = new();
    private readonly KeyCache cache;

    public KeyCacheTests() => cache = new KeyCache(clock, capacity: 3);

    [Fact]
    public void The_cache_keeps_at_most_its_capacity_and_evicts_the_oldest_first()
    {
        for (var i = 0; i < 10; i++) Keep($"{i}");
        Assert.Equal(3, cache.Count);
        Assert.Null(cache.Find(Name("6")));
        using var cached = cache.Find(Name("7"));
        Assert.NotNull(cached);
    }

    [Fact]
    public void An_evicted_key_is_wiped_from_memory()
    {
        var material = Keep("a");
        Assert.Contains(material, b => b != 0);
        cache.Drop(name => name == Name("a"));
        Assert.All(material, b => Assert.Equal(0, b));
    }

    [Fact]
    public void A_key_in_use_is_wiped_when_its_lease_ends()
    {
        var material = Keep("a");
        using (var leased = cache.Find(Name("a"))!)
        {
            cache.Drop(name => name == Name("a"));
            Assert.Equal([1, 2, 3], leased.Open(leased.Seal([1, 2, 3], []), []));
        }

        Assert.All(material, b => Assert.Equal(0, b));
        Assert.Null(cache.Find(Name("a")));
    }

    [Fact]
    public void A_key_is_wiped_after_its_time_in_the_cache()
    {
        var material = Keep("a");
        clock.Advance(KeyCache.Life);
        Assert.Equal(0, cache.Count);
        Assert.All(material, b => Assert.Equal(0, b));
    }

    [Fact]
    public void The_first_of_two_concurrent_loads_is_cached()
    {
        var first = Keep("a");
        var second = Keep("a");
        Assert.Contains(first, b => b != 0);
        Assert.All(second, b => Assert.Equal(0, b));
    }

    [Fact]
    public void A_key_destroyed_while_it_was_read_is_used_once_and_not_cached()
    {
        var drops = cache.Drops;
        cache.Drop(name => name == Name("a"));
        var material = RandomNumberGenerator.GetBytes(AesKey.Size);
        using (var key = cache.Keep(Name("a"), new AesKey(material), drops)) Assert.NotEmpty(key.Seal([1], []));
        Assert.Null(cache.Find(Name("a")));
        Assert.All(material, b => Assert.Equal(0, b));
    }

    [Fact]
    public void A_wiped_key_seals_nothing()
    {
        var key = new AesKey(RandomNumberGenerator.GetBytes(AesKey.Size));
        var box = key.Seal([1], []);
        key.Dispose();
        Assert.Throws<ObjectDisposedException>(() => key.Seal([1], []));
        Assert.Throws<ObjectDisposedException>(() => key.Open(box, []));
    }

    public void Dispose() => cache.Dispose();

    private static DataKeyName Name(string name) => DataKeyName.ForMonth("default", name);

    private byte[] Keep(string name)
    {
        var material = RandomNumberGenerator.GetBytes(AesKey.Size);
        cache.Keep(Name(name), new AesKey(material), cache.Drops).Dispose();
        return material;
    }
}
