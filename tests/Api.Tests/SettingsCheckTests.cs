using Connections.Hosting;
using Connections.Hosting.Settings;
using TestServers;

namespace Api.Tests;

public sealed class SettingsCheckTests
{
    [Theory]
    [InlineData(
        "Sql:Conection",
        "x",
        "There is no setting Sql:Conection. The settings of Sql are Sql:Connection, Sql:Connection:File, Sql:Provider.")]
    [InlineData("http:publicuri", "x", "There is no setting http:publicuri.")]
    [InlineData("Vault:Key:k1", "x", "There is no setting Vault:Key:k1.")]
    [InlineData("Network:AllowPrivat", "true", "There is no setting Network:AllowPrivat.")]
    [InlineData("Http:RequestsPerSecond", "many", "Http:RequestsPerSecond must be a whole number from 1 to 1000000.")]
    [InlineData("Http:OpenRequestsPerKey", "0", "Http:OpenRequestsPerKey must be a whole number from 1 to 1000000.")]
    [InlineData("Http:RequestsPerSecond", "0", "Http:RequestsPerSecond must be a whole number")]
    [InlineData("Activities:RetentionDays", "0", "Activities:RetentionDays must be a whole number from 1 to 3650.")]
    [InlineData("Activities:RetentionDays", "3651", "Activities:RetentionDays must be a whole number")]
    [InlineData("Activities:RetentionDays", "", "Activities:RetentionDays must be a whole number")]
    [InlineData("Health:Listen", "8081", "Health:Listen must be an address and a port")]
    [InlineData("Health:Listen", "http://0.0.0.0:8081", "Health:Listen must be an address and a port")]
    [InlineData("Health:Listen", "0.0.0.0:", "Health:Listen must be an address and a port")]
    public void A_setting_that_no_host_can_use_is_named(string key, string value, string expected)
    {
        var refused = Assert.Throws<HostSettingsException>(() => SettingsCheck.Require(With(key, value)));
        Assert.Contains(expected, refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("sql:connection:file", "/run/secrets/sql")]
    [InlineData("Vault:Keys:k-1:File", "x")]
    [InlineData("OAuth:demo-mail:Workspaces:acme:ClientSecret", "x")]
    [InlineData("Network:AllowPrivate:0", "10.0.0.0/8")]
    [InlineData("Health:Listen", "[::1]:8081")]
    [InlineData("Health:Listen", "localhost:8081")]
    [InlineData("Activities:RetentionDays", "3650")]
    [InlineData("Other:Program", "x")]
    [InlineData("PATH", "/bin")]
    [InlineData("Logging:LogLevel:Default", "Debug")]
    public void A_known_setting_and_those_of_others_are_accepted(string key, string value) => SettingsCheck.Require(With(key, value));

    [Fact]
    public void The_page_of_the_configuration_lists_the_same_settings()
    {
        var page = File.ReadAllLines(Path.Combine(RepositoryFolder.Root, "docs", "configuration.md"))
            .Where(line => line.StartsWith("| `", StringComparison.Ordinal))
            .SelectMany(line => line.Split(" | ")[0].Split('`').Where((_, i) => i % 2 == 1))
            .Where(key => KnownSettings.Owns(key))
            .Select(key => key.Replace("<connector>", "x", StringComparison.Ordinal).Replace("<workspace>", "x", StringComparison.Ordinal))
            .Select(key => key.Replace("<key>", "x", StringComparison.Ordinal).Replace("<id>", "x", StringComparison.Ordinal))
            .ToList();
        Assert.NotEmpty(page);
        Assert.All(page, key => Assert.True(KnownSettings.Knows(key), key));
        var plain = KnownSettings.Names.Where(name => !name.Contains('*') && !name.StartsWith("Demo:", StringComparison.Ordinal));
        Assert.Empty(plain.Except(page));
    }

    private static IConfiguration With(string key, string value) =>
        new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?> { [key] = value }).Build();
}
