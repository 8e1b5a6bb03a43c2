using EndToEnd.Tests.Harness;

namespace EndToEnd.Tests;

public sealed class OutageTests(SharedService common)
{
    [Fact]
    public async Task Activities_wait_for_an_unavailable_server_and_never_need_a_reconnect()
    {
        Assert.NotNull(common.Server); // otherwise skipped
        await using var server = await Role.Server();
        var (api, role) = (common.Api, await Role.Create(server));
        var id = await api.Connect(role);
        await api.Reaches(await api.Query(id), "succeeded");

        await server.Stop();
        var waiting = new[] { await api.Query(id), await api.Query(id, "select count(*) from orders"), await api.Query(id, "select 3") };
        foreach (var activity in waiting) await api.Waits(activity, "unavailable");
        await api.ConnectionReaches(id, "unreachable");

        await server.Start();
        foreach (var activity in waiting) await api.Reaches(activity, "succeeded", TimeSpan.FromSeconds(120));
        await api.ConnectionReaches(id, "connected", TimeSpan.FromSeconds(150));
        Assert.DoesNotContain("connection-reauth-required", await api.HistoryTypes(id));
        Assert.Equal(0, role.FailedSignIns);
    }
}
