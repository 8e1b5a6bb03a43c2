using EndToEnd.Tests.Harness;
using EndToEnd.Tests.Kills;
using TestServers;

namespace EndToEnd.Tests.Hosts;

/// <summary>Work of several hosts that share their servers.</summary>
[Collection(WorkingHosts.Name)]
public sealed class WorkTests(WorkingDeployment common)
{
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(180);

    [Fact]
    public async Task Work_accepted_by_one_host_is_done_by_the_others_and_every_host_reports_the_same()
    {
        await common.Ready;
        using var first = await common.Hosts.ApiClient(common.Hosts.ApiProcesses[0]);
        using var second = await common.Hosts.ApiClient(common.Hosts.ApiProcesses[1]);
        var connection = Guid.NewGuid();
        var body = OwnedConnection.Body(connection, "Of two hosts", common.Provider.Address, "user of two hosts");
        (await first.Post("/api/connections", body)).Is(201);
        var activity = Guid.NewGuid();
        var input = new { method = "POST", path = $"/{ProviderBehaviour.Quick}/{activity}" };
        (await second.Post("/api/activities", new { id = activity, connectionId = connection, activity = "request", input })).Is(202);

        await first.Reaches(activity, "succeeded", Long);
        await second.Reaches(activity, "succeeded");
        Assert.Equal(1, common.Provider.Done(activity));
        foreach (var api in new[] { first, second })
        {
            await Until.Seen(
                () => api.Get("/api/activities?status=succeeded"),
                list => list.Text.Contains(activity.ToString(), StringComparison.Ordinal),
                "it is listed");
            (await api.Connection(connection)).Is(200);
        }

        foreach (var secret in new[] { common.Servers.Bus.Password, PostgresDatabases.Password, first.Key! })
            Assert.DoesNotContain(secret, common.Hosts.Output, StringComparison.Ordinal);
    }
}
