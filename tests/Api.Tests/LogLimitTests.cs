using Connections.Api.Requests;
using EventSourcing;
using TestServers;

namespace Api.Tests;

public sealed class LogLimitTests
{
    private readonly AwayLog log = new();
    private TimeSpan? seen;
    private bool reached;

    [Theory]
    [InlineData("GET", false, 3)]
    [InlineData("HEAD", true, 3)]
    [InlineData("POST", false, null)]
    [InlineData("DELETE", false, null)]
    public async Task Only_reads_have_a_limit(string method, bool away, int? seconds)
    {
        log.Away = away;
        await Request(method);
        Assert.Equal(seconds, (int?)seen?.TotalSeconds);
        Assert.Null(ReadLimit.Current);
        Assert.Equal(0, log.Heads);
    }

    [Theory]
    [InlineData("POST")]
    [InlineData("PATCH")]
    [InlineData("DELETE")]
    public async Task A_change_looks_for_the_log_first_while_it_is_away(string method)
    {
        log.Away = true;
        await Request(method);
        Assert.True(reached);
        Assert.Null(seen);
        Assert.Equal((1, TimeSpan.FromSeconds(3)), (log.Heads, log.Limit));
        (log.Fails, reached) = (true, false);
        await Assert.ThrowsAsync<IOException>(() => Request(method));
        Assert.False(reached);
    }

    [Fact]
    public async Task An_endpoint_that_outlasts_outages_has_no_limit()
    {
        log.Away = log.Fails = true;
        await Request("GET", new OutlastsOutages());
        Assert.True(reached);
        Assert.Null(seen);
    }

    private Task Request(string method, params object[] metadata)
    {
        var context = new DefaultHttpContext();
        context.Request.Method = method;
        context.SetEndpoint(new Endpoint(null, new EndpointMetadataCollection(metadata), "test"));
        return new LogLimitMiddleware(_ =>
        {
            (reached, seen) = (true, ReadLimit.Current);
            return Task.CompletedTask;
        }, log).Invoke(context);
    }

    private sealed class AwayLog() : ForwardingLog(new InMemoryEventLog(TimeProvider.System))
    {
        public bool Away { get; set; }

        public bool Fails { get; set; }

        public int Heads { get; private set; }

        public TimeSpan? Limit { get; private set; }

        public override bool IsAway => Away;

        public override Task<long> Head(CancellationToken ct)
        {
            (Heads, Limit) = (Heads + 1, ReadLimit.Current);
            return Fails ? throw new IOException("away") : base.Head(ct);
        }
    }
}
