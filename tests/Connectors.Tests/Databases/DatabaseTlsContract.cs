using Connections.Domain;
using Connectors.Tests.Tls;
using TestServers;

namespace Connectors.Tests.Databases;

/// <summary>The promises of every database connector about the setting <c>tls</c>, on a real server.</summary>
public abstract class DatabaseTlsContract<TDialect>(DatabaseFixture<TDialect> fixture)
    : IClassFixture<DatabaseFixture<TDialect>>, IAsyncLifetime
    where TDialect : DatabaseDialect, new()
{
    protected TDialect Dialect => fixture.Dialect;

    protected IDatabaseServer Server => fixture.Server;

    public virtual async ValueTask InitializeAsync() => await Server.UseCertificate(expired: false, Dialect.Host);

    [Theory]
    [InlineData("disable", false, false)]
    [InlineData("prefer", false, true)]
    [InlineData("require", false, true)]
    [InlineData("require", true, true)]
    [InlineData("verify-full", true, true)]
    public async Task An_encrypting_server_is_used_according_to_the_tls_setting(string tls, bool authority, bool encrypted)
    {
        await using var database = Database(tls, authority ? Server.Certificates.AuthorityPem : null);
        Assert.True((await database.Probe()).Ok);
        Assert.Equal(encrypted, await Dialect.IsEncrypted(database));
    }

    [Fact]
    public async Task A_server_that_does_not_encrypt()
    {
        await using var plain = await Dialect.Unencrypted();
        foreach (var (tls, expected) in new (string, string?)[]
            { ("disable", null), ("prefer", null), ("require", "does not encrypt"), ("verify-full", "does not encrypt") })
        {
            await using var database = Dialect.Connect(plain, tls: tls, ca: Server.Certificates.AuthorityPem);
            await AssertProbe(database, expected);
        }
    }

    [Theory]
    [InlineData("prefer", null)]
    [InlineData("require", null)]
    [InlineData("verify-full", "expired")]
    public async Task A_certificate_that_has_expired(string tls, string? expected)
    {
        await Server.UseCertificate(expired: true, Dialect.Host);
        await using var database = Database(tls, expected is null ? null : Server.Certificates.AuthorityPem);
        await AssertProbe(database, expected);
    }

    [Theory]
    [InlineData("require", null)]
    [InlineData("verify-full", "but for elsewhere.test")]
    public async Task A_certificate_for_another_name(string tls, string? expected)
    {
        await Server.UseCertificate(expired: false, "elsewhere.test");
        await using var database = Database(tls, Server.Certificates.AuthorityPem);
        await AssertProbe(database, expected is null ? null : $"not for {Dialect.Host}, {expected}");
    }

    [Fact]
    public async Task A_certificate_for_the_dialled_address_is_not_valid_for_the_name()
    {
        await Server.UseCertificate(expired: false, "127.0.0.1", "localhost");
        await using var database = Database("verify-full", Server.Certificates.AuthorityPem);
        await AssertProbe(database, $"not for {Dialect.Host}, but for");
        await using var typed = Database("verify-full", Server.Certificates.AuthorityPem);
        typed.Settings["host"] = "127.0.0.1";
        await AssertProbe(typed, null);
    }

    [Theory]
    [InlineData("require")]
    [InlineData("verify-full")]
    public async Task A_certificate_of_another_authority(string tls)
    {
        using var other = new TestCertificates("Another CA");
        await using var database = Database(tls, other.AuthorityPem);
        await AssertProbe(database, "not by the CA certificate given");
    }

    [Fact]
    public async Task A_certificate_of_an_unknown_authority()
    {
        await using var database = Database("verify-full", null);
        await AssertProbe(database, "does not know");
    }

    [Fact]
    public async Task An_invalid_CA_certificate_is_reported()
    {
        await using var database = Database("verify-full", "-----BEGIN NONSENSE-----");
        Assert.Equal(FailureKind.InvalidInput, (await database.Probe()).Failure!.Kind);
    }

    public ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }

    protected TestDatabase Database(string tls, string? authority) => Dialect.Connect(Server, tls: tls, ca: authority);

    private static async Task AssertProbe(TestDatabase database, string? expected) =>
        TlsOutcome.Check(await database.Probe(), await database.Run("SELECT 1"), expected);
}
