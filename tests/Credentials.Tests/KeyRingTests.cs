using Connections.Credentials.Ring;
using Credentials.Tests.Harness;
using Microsoft.Extensions.Configuration;

namespace Credentials.Tests;

public sealed class KeyRingTests : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("ring-");

    [Fact]
    public void Keys_come_from_values_and_from_files()
    {
        var file = Path.Combine(folder.FullName, "k2");
        File.WriteAllText(file, TestRing.Text(2) + "\n");
        using var ring = Read(new() { ["Vault:ActiveKey"] = "k2", ["Vault:Keys:k1"] = TestRing.Text(1), ["Vault:Keys:k2:File"] = file });
        Assert.Equal("k2", ring!.ActiveKey);
        Assert.Equal(["k1", "k2"], ring.KeyIds);
    }

    [Fact]
    public void Ids_in_capitals_are_the_same_ids()
    {
        using var ring = Read(new() { ["VAULT:ACTIVEKEY"] = "K1", ["VAULT:KEYS:K1"] = TestRing.Text(1) });
        Assert.Equal("k1", ring!.ActiveKey);
    }

    [Fact]
    public void Missing_configuration_means_no_ring_and_the_error_names_the_setting()
    {
        Assert.Null(Read([]));
        var refused = Assert.Throws<KeyRingException>(() => KeyRingConfiguration.Require(new ConfigurationBuilder().Build()));
        Assert.Contains("Vault:ActiveKey", refused.Message);
    }

    [Fact]
    public void An_unknown_active_key_is_rejected() => Refused("\"k3\"", TestRing.Create("k3", ("k1", 1), ("k2", 2)));

    [Fact]
    public void An_id_that_ends_in_a_line_feed_is_rejected() => Refused("invalid key id", TestRing.Create("k1\n", ("k1\n", 1)));

    [Fact]
    public void A_missing_active_key_is_rejected() => Refused("ActiveKey is missing", new() { ["Vault:Keys:k1"] = TestRing.Text(1) });

    [Fact]
    public void An_active_key_without_keys_is_rejected() => Refused("no key", new() { ["Vault:ActiveKey"] = "k1" });

    [Theory]
    [InlineData(16)]
    [InlineData(31)]
    [InlineData(33)]
    public void A_key_of_another_length_is_rejected(int bytes)
    {
        var text = Convert.ToBase64String([.. Enumerable.Repeat((byte)77, bytes)]);
        Refused($"{bytes} bytes", new() { ["Vault:ActiveKey"] = "k1", ["Vault:Keys:k1"] = text });
    }

    [Theory]
    [InlineData("canary key in clear!")]
    [InlineData("")]
    [InlineData("  ")]
    public void A_key_that_is_not_base64_is_rejected_and_not_quoted(string text) =>
        Refused("\"k1\"", new() { ["Vault:ActiveKey"] = "k1", ["Vault:Keys:k1"] = text });

    [Fact]
    public void An_unreadable_key_file_is_rejected() =>
        Refused("cannot be read", new() { ["Vault:ActiveKey"] = "k1", ["Vault:Keys:k1:File"] = Path.Combine(folder.FullName, "absent") });

    [Fact]
    public void A_key_given_twice_is_rejected() =>
        Refused("twice", new() { ["Vault:ActiveKey"] = "k1", ["Vault:Keys:k1"] = TestRing.Text(1), ["Vault:Keys:k1:File"] = "/k1" });

    [Fact]
    public void One_key_under_two_ids_is_rejected() => Refused("k1 and k2", TestRing.Create("k2", ("k1", 1), ("k2", 1)));

    [Fact]
    public void A_key_in_the_place_of_an_id_is_not_quoted()
    {
        var asActive = Assert.Throws<KeyRingException>(() => Read(TestRing.Create(TestRing.Text(1), ("k1", 1))));
        var asId = Assert.Throws<KeyRingException>(() => Read(TestRing.Create("k1", (TestRing.Text(1), 1))));
        Assert.All([asActive, asId], refused => Assert.DoesNotContain(TestRing.Text(1), refused.ToString(), StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public void An_invalid_id_is_rejected() => Refused("invalid key id", TestRing.Create("k 1", ("k 1", 1)));

    [Fact]
    public void A_created_ring_is_readable_only_by_its_owner_and_is_read_again()
    {
        var path = Path.Combine(folder.FullName, "data", "key-ring.json");
        var (made, wasMade) = KeyRingFile.ReadOrMake(path);
        var (read, wasMadeAgain) = KeyRingFile.ReadOrMake(path);
        using (made)
        using (read)
        {
            Assert.True(wasMade);
            Assert.False(wasMadeAgain);
            Assert.Equal(made.ActiveKey, read.ActiveKey);
            Assert.Equal(made.CheckValue(made.ActiveKey), read.CheckValue(made.ActiveKey));
        }

        Assert.Equal(["key-ring.json"], Directory.GetFiles(Path.GetDirectoryName(path)!).Select(Path.GetFileName));
        if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
    }

    [Theory]
    [InlineData("")]
    [InlineData("{\"Vault\": canary")]
    [InlineData("[\"canary\"]")]
    [InlineData("{\"canary\": 1}")]
    public void A_broken_ring_file_is_rejected_and_neither_replaced_nor_quoted(string content)
    {
        var path = Path.Combine(folder.FullName, "key-ring.json");
        File.WriteAllText(path, content);
        var refused = Assert.Throws<KeyRingException>(() => KeyRingFile.ReadOrMake(path));
        Assert.Contains(path, refused.Message);
        Assert.DoesNotContain("canary", refused.ToString());
        Assert.Equal(content, File.ReadAllText(path));
    }

    public void Dispose() => folder.Delete(recursive: true);

    private static KeyRing? Read(Dictionary<string, string?> settings) =>
        KeyRingConfiguration.Read(new ConfigurationBuilder().AddInMemoryCollection(settings).Build());

    private static void Refused(string expected, Dictionary<string, string?> settings)
    {
        var refused = Assert.Throws<KeyRingException>(() => Read(settings)?.Dispose());
        Assert.Contains(expected, refused.Message);
        var text = refused.ToString();
        var keys = settings
            .Where(pair => pair.Key != "Vault:ActiveKey" && !pair.Key.EndsWith(":File", StringComparison.Ordinal))
            .Select(pair => pair.Value)
            .Where(key => !string.IsNullOrWhiteSpace(key));
        Assert.All(keys, key => Assert.DoesNotContain(key!, text));
    }
}
