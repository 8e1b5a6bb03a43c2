using System.Security.Cryptography;
using Connections.Console.Oidc;
using Connections.Credentials.Ring;
using Connections.Hosting;
using Connections.Hosting.Keys;
using Connections.Hosting.Oidc;
using Microsoft.Extensions.Configuration;

namespace Console.Tests;

public sealed class OidcSettingsTests
{
    private static readonly (string, string)[] Least =
        [("Authority", "https://login.example.com"), ("ClientId", "console"), ("Roles:viewer", "readers")];

    [Theory]
    [InlineData("Authority", "", "Console:Oidc:Authority")]
    [InlineData("Scopes", "profile email", "must contain openid")]
    [InlineData("Authority", "http://login.example.com", "https://")]
    [InlineData("Authority", "login", "https://")]
    [InlineData("ClientId", "", "Console:Oidc:ClientId")]
    [InlineData("Roles:viewer", "", "gives nobody a role")]
    [InlineData("Roles:operator", "x", "The roles are viewer, runner, manager, admin")]
    [InlineData("Roles:owner", "x", "names owner")]
    [InlineData("WorkspaceClaim", "org", "belong together")]
    [InlineData("Workspaces:acme", "org-1", "belong together")]
    [InlineData("Workspace", "Not A Name", "cannot be one")]
    [InlineData("ClientSecret:File", "/nowhere/secret", "cannot be read")]
    public void A_setting_that_cannot_be_used_is_named(string key, string value, string text)
    {
        var refused = Assert.Throws<HostSettingsException>(() => Read([.. Least, (key, value)]));
        Assert.Contains(text, refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Name", "Contoso", true)]
    [InlineData("Scopes", "openid", true)]
    [InlineData("Authority", "https://other.example.com", false)]
    [InlineData("ClientId", "other", false)]
    [InlineData("RoleClaim", "groups", false)]
    [InlineData("Roles:viewer", "others", false)]
    [InlineData("Roles:admin", "readers", false)]
    [InlineData("Workspace", "acme", false)]
    public void Settings_that_decide_about_rights_have_other_rules(string key, string value, bool same)
    {
        var changed = Read([.. Least.Where(l => l.Item1 != key), (key, value)])!;
        Assert.Equal(same, changed.HashRules() == Read(Least)!.HashRules());
    }

    [Fact]
    public void Values_of_claims_give_the_highest_role_and_the_first_workspace()
    {
        var settings = Read(
            [
                .. Least, ("Roles:admin:0", "owners"), ("Roles:admin:1", "cn=admins,dc=x"), ("WorkspaceClaim", "org"),
                ("Workspaces:beta", "2"),
                ("Workspaces:alpha:0", "1"), ("Workspaces:alpha:1", "3")
            ])!;
        Assert.Equal(Role.Viewer, settings.FindRole(["readers"]));
        Assert.Equal(Role.Admin, settings.FindRole(["readers", "cn=admins,dc=x"]));
        Assert.Null(settings.FindRole(["Readers", "*"]));
        Assert.Equal("alpha", settings.FindWorkspace(["2", "3"]));
        Assert.Null(settings.FindWorkspace(["4"]));
        Assert.Equal(Role.Viewer, Read([("Authority", "https://x.example"), ("ClientId", "c"), ("Roles:viewer", "*")])!.FindRole([]));
        Assert.Equal("default", Read(Least)!.FindWorkspace([]));
        Assert.Null(Read([]));
    }

    [Fact]
    public void Every_host_with_the_ring_opens_what_another_sealed_and_nothing_else()
    {
        var (first, second) = (RandomNumberGenerator.GetBytes(32), RandomNumberGenerator.GetBytes(32));
        using var old = new KeyRing("k1", new Dictionary<string, byte[]> { ["k1"] = first });
        using var rotated = new KeyRing("k2", new Dictionary<string, byte[]> { ["k1"] = first, ["k2"] = second });
        using var foreign = new KeyRing("k1", new Dictionary<string, byte[]> { ["k1"] = second });
        var box = new RingProtection(old).CreateProtector("state").CreateProtector("v1").Protect([1, 2, 3]);
        Assert.Equal([1, 2, 3], Opened(rotated, "state", "v1", box));
        Assert.NotEqual(box, new RingProtection(old).CreateProtector("state").CreateProtector("v1").Protect([1, 2, 3]));
        var changed = box.ToArray();
        changed[^1] ^= 1;
        var salted = box.ToArray();
        salted[5] ^= 1;
        foreach (var (ring, purpose, kind, data) in new[]
        {
            (foreign, "state", "v1", box), (old, "nonce", "v1", box), (old, "state", "v2", box), (old, "statev1", "", box),
            (old, "state", "v1", changed),
            (old, "state", "v1", salted), (old, "state", "v1", box[..20]), (old, "state", "v1", []), (old, "state", "v1", [200, 1]),
            (old, "state", "v1", new RingProtection(rotated).CreateProtector("state").CreateProtector("v1").Protect([1]))
        }) Assert.ThrowsAny<CryptographicException>(() => Opened(ring, purpose, kind, data));
    }

    private static byte[] Opened(KeyRing ring, string purpose, string kind, byte[] box) =>
        new RingProtection(ring).CreateProtector(purpose).CreateProtector(kind).Unprotect(box);

    private static OidcSettings? Read((string Key, string Value)[] settings)
    {
        var given = settings.GroupBy(s => s.Key).ToDictionary(s => $"Console:Oidc:{s.Key}", s => (string?)s.Last().Value);
        return OidcSettings.Read(new ConfigurationBuilder().AddInMemoryCollection(given).Build());
    }
}
