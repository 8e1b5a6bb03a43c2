using Connections.Hosting;
using Connections.Hosting.Limits;

namespace Hosts.Tests;

public sealed class ConnectionLimitTests
{
    [Theory]
    [InlineData(1024, 362, 406)]
    [InlineData(1024, 700, 68)]
    [InlineData(1024, 704, 64)]
    [InlineData(1024, 800, 64)]
    [InlineData(4096, 700, 2884)]
    [InlineData(65536, 400, 56944)]
    public void Some_descriptors_are_kept_for_the_service(long descriptors, long open, long connections)
    {
        Assert.Equal(connections, ConnectionLimit.From(descriptors, open));
        Assert.True(connections + open + ConnectionLimit.LeastKept <= descriptors);
    }

    [Theory]
    [InlineData(1024, 362, 406, 224)]
    [InlineData(1024, 800, 64, 128)]
    [InlineData(4096, 700, 2884, 480)]
    [InlineData(1024, 900, 64, 28)]
    public void Calls_to_providers_get_what_connections_and_stores_leave(long descriptors, long open, long connections, int calls) =>
        Assert.Equal(calls, ConnectionLimit.Outbound(descriptors, open, connections));

    [Theory]
    [InlineData(511L, false)]
    [InlineData(256L, false)]
    [InlineData(0L, false)]
    [InlineData(512L, true)]
    [InlineData(null, true)]
    public void A_program_that_could_not_load_its_code_does_not_begin(long? descriptors, bool begins)
    {
        var fault = Record.Exception(() => ConnectionLimit.RequireLeast(descriptors));
        Assert.Equal(begins, fault is null);
        if (!begins) Assert.Contains($"only {descriptors} open files", Assert.IsType<HostSettingsException>(fault).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(512, 385)]
    [InlineData(256, 200)]
    public void A_host_with_too_few_descriptors_does_not_start(long descriptors, long open)
    {
        var refused = Assert.Throws<HostSettingsException>(() => ConnectionLimit.From(descriptors, open));
        Assert.Contains($"needs {open + 128} or more", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Limit                     Soft Limit           Hard Limit           Units     \nMax open files            1024                 524288               files     \n", 1024L)]
    [InlineData("Max processes             7                    7                    processes \nMax open files            65536                65536                files     ", 65536L)]
    [InlineData("Max open files            unlimited            unlimited            files     ", null)]
    [InlineData("Max open files", null)]
    [InlineData("", null)]
    public void The_limit_in_force_is_read(string limits, long? descriptors) => Assert.Equal(descriptors, ConnectionLimit.Read(limits));
}
