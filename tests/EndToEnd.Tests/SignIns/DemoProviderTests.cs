using DemoProvider;
using EndToEnd.Tests.Harness;

namespace EndToEnd.Tests.SignIns;

/// <summary>The demo provider accepts every login, so it serves its own machine only.</summary>
public sealed class DemoProviderTests
{
    [Theory]
    [InlineData("http://0.0.0.0:0")]
    [InlineData("http://*:0")]
    [InlineData("http://[::]:0")]
    [InlineData("http://127.0.0.1:0;http://10.1.2.3:0")]
    [InlineData("nowhere")]
    public async Task An_address_that_other_machines_can_reach_is_rejected(string urls)
    {
        using var folder = new DataFolder();
        await using var refused = HostProcess.Start(
            "Standalone", new Dictionary<string, string> { ["Demo__Urls"] = urls }, "--data", folder.Path, "--urls", "http://127.0.0.1:0", "--demo");
        Assert.NotEqual(0, await refused.Exit(TimeSpan.FromSeconds(60)));
        Assert.Contains("Demo:Urls", refused.Output, StringComparison.Ordinal);
        Assert.Contains("loopback", refused.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("127.0.0.1", 401)]
    [InlineData("localhost", 401)]
    [InlineData("rebound.example", 400)]
    public async Task A_foreign_host_name_that_resolves_to_this_machine_is_not_served(string host, int status)
    {
        await using var provider = await Provider.Build(new DemoSettings("http://127.0.0.1:0", 20, 60));
        await provider.StartAsync();
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(new Uri(provider.Urls.Single()), "/me"));
        request.Headers.Host = host;
        using var answer = await http.SendAsync(request);
        Assert.Equal(status, (int)answer.StatusCode);
    }
}
