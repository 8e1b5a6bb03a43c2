using Connections.Connectors;
using Connections.Domain;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Time.Testing;
using TestServers;

namespace Connectors.Tests.Http;

/// <summary>The client may send a request on another connection that becomes free while it dials.</summary>
public sealed class FreedConnectionTests
{
    [Theory]
    [InlineData(true, Delivered.Maybe)]
    [InlineData(false, Delivered.No)]
    public async Task A_request_with_a_failed_dial_may_have_been_sent_on_another_connection(bool freed, Delivered delivered)
    {
        var (clock, received, over) = (new FakeTimeProvider(), new TaskCompletionSource(), new TaskCompletionSource());
        await using var server = await ApiServer.Start();
        await using var api = new Api($"http://api.test:{server.Port}", clock: clock);
        server.Answer = context => context.Request.Path.Value switch
        {
            "/proof" => context.Response.WriteAsync("ok"),
            "/first" => received.Task,
            _ => over.Task
        };
        await api.Get("/proof");
        var first = api.Get("/first");
        await Until.Holds(() => server.Requests.Count == 2, "the first has the connection");
        var dials = new TaskCompletionSource();
        api.Resolver.Gate = dials.Task;
        var second = api.Run(new { method = "POST", path = "/second" });
        await Until.Holds(() => api.Resolver.ResolvedHosts.Count == 2, "another is dialled for the second");
        if (freed)
        {
            received.SetResult();
            await first;
            await Until.Holds(() => server.Requests.Count == 3, "the second goes out on the first's");
        }

        clock.Advance(TimeSpan.FromSeconds(30));
        var failed = Assert.IsType<ConnectorResult.Failed>(await second);
        Assert.Equal((FailureKind.Timeout, delivered), (failed.Kind, failed.Delivered));
        foreach (var held in new[] { received, over, dials }) held.TrySetResult();
        await first;
    }
}
