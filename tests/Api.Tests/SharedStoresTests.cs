using Connections.Hosting;

namespace Api.Tests;

/// <summary>The stores that a host may use that runs beside others.</summary>
public sealed class SharedStoresTests
{
    [Theory]
    [InlineData("Connections.Api", "/files")]
    [InlineData("Connections.Worker", "files")]
    [InlineData("Activities.Worker", "/mnt/shared/files")]
    public void A_folder_of_files_is_refused_by_its_setting(string host, string folder)
    {
        var refused = Assert.Throws<HostSettingsException>(() => Read(host, ("Files:Folder", folder)));
        Assert.Equal(
            $"{host} runs beside other processes and cannot keep files in Files:Folder. "
                + "Remove it and configure a bucket (Files:Bucket:Name), or run Standalone.",
            refused.Message);
    }

    [Theory]
    [InlineData("Files:Folder", "")]
    [InlineData("Files:Bucket:Name", "connections-files")]
    [InlineData("Files:MaxBytes", "1000")]
    public void Other_settings_of_files_are_accepted(string key, string value) =>
        Assert.Equal(ServiceSettings.PostgreSql, Read("Connections.Api", (key, value)).Sql);

    [Fact]
    public void A_folder_is_refused_beside_a_bucket_too() =>
        Assert.Throws<HostSettingsException>(() => Read("Connections.Api", ("Files:Bucket:Name", "files"), ("Files:Folder", "/files")));

    [Theory]
    [InlineData("EventLog:Store", "sqlite")]
    [InlineData("Sql:Provider", "sqlite")]
    [InlineData("Bus:Transport", "memory")]
    public void An_embedded_store_is_refused_by_its_setting(string key, string value)
    {
        var refused = Assert.Throws<HostSettingsException>(() => Read("Connections.Worker", (key, value)));
        Assert.Contains($"{key}={value}", refused.Message, StringComparison.Ordinal);
    }

    private static ServiceSettings Read(string host, params (string Key, string Value)[] settings)
    {
        var all = new Dictionary<string, string?>
        {
            ["EventLog:Store"] = "eventstoredb",
            ["Sql:Provider"] = "postgresql",
            ["Bus:Transport"] = "rabbitmq"
        };
        foreach (var (key, value) in settings) all[key] = value;
        return ServiceSettings.Shared(new ConfigurationBuilder().AddInMemoryCollection(all).Build(), host);
    }
}
