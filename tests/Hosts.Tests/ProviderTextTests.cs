using System.Text.Json;
using Connections.Contracts;
using Connections.Domain.Connection;
using Connections.Operations.Connections;
using Connections.ReadModels.Connections;
using EventSourcing;
using Hosts.Tests.Harness;
using Microsoft.AspNetCore.Http;

namespace Hosts.Tests;

/// <summary>The provider's text reaches the activity's own error, and no event, status, log or message of the connection.</summary>
public sealed class ProviderTextTests() : WorkersFixture(null)
{
    private const string Words = "canary words of the provider";
    private const string Path = "/private-path-of-the-workflow";

    [Theory]
    [InlineData(401, "reauthRequired")]
    [InlineData(403, "forbidden")]
    [InlineData(429, "throttled")]
    [InlineData(500, "unavailable")]
    public async Task An_activity_that_fails_leaves_nothing_of_the_response(int status, string kind)
    {
        var http = await HttpConnection.Start(Workers, context => Echo(context, context.Request.Path == "/ok" ? 200 : status));
        await using var api = http.Api;
        var connection = await http.Connect(new { username = "svc", password = "canary-pass-77" }, "basic");
        var activity = await http.Get(connection, Path);
        if (kind == "forbidden") await Workers.Finished(activity);
        else await Workers.Hears<ActivityWaiting>(w => w.ActivityId == activity, "it waits");
        if (status == 401)
        {
            var required = await Workers.Hears<Connections.Contracts.ConnectionReauthRequired>(r => r.ConnectionId == connection, "it needs a reconnect");
            Assert.Equal("The API rejected the credentials (401).", required.Reason);
            await Workers.Shows(connection, ConnectionStatus.ReauthRequired);
            Assert.Equal(required.Reason, (await View(connection)).StatusReason);
        }

        await Nowhere(http, "canary-pass-77", "c3ZjOmNhbmFyeS1wYXNzLTc3", Words, Path);
        if (kind == "forbidden")
        {
            var message = (await Workers.Finished(activity)).Error!.Message;
            Assert.Contains(Words, message, StringComparison.Ordinal);
            Assert.DoesNotContain("c3ZjOmNhbmFyeS1wYXNzLTc3", message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData(401)]
    [InlineData(403)]
    [InlineData(500)]
    public async Task A_test_that_fails_leaves_nothing_of_the_response(int status)
    {
        var answer = 200;
        var http = await HttpConnection.Start(Workers, context => Echo(context, answer));
        await using var api = http.Api;
        var connection = await http.Connect(new { token = "canary-token-77" });
        answer = status;
        var report = await http.Test(connection);
        Assert.Contains(Words, string.Join(' ', report.Result.Steps), StringComparison.Ordinal);
        Assert.DoesNotContain("canary-token-77", string.Join(' ', report.Result.Steps), StringComparison.Ordinal);
        await Workers.Hears<Connections.Contracts.ConnectionTested>(t => t.ConnectionId == connection, "the test is published");
        await Nowhere(http, "canary-token-77", Words);
        Assert.EndsWith($"({status}).", (await View(connection)).LastTest!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_rejection_of_a_command_repeats_nothing_of_the_response()
    {
        var http = await HttpConnection.Start(Workers, context => Echo(context, 401));
        await using var api = http.Api;
        var rejected = await Assert.ThrowsAsync<RejectedException>(() => http.Connect(new { token = "canary-token-77" }));
        Assert.Equal(("connection.credentials-rejected", "The API rejected the credentials (401)."), (rejected.Code, rejected.Message));
        await Nowhere(http, "canary-token-77", Words);
    }

    private async Task<ConnectionView> View(Guid connection) => (await Workers.Get<ConnectionDirectory>().Now(Workers.Context.Connection(connection), default))!;

    private async Task Nowhere(HttpConnection http, params string[] secrets)
    {
        var log = await http.Log();
        var messages = Workers.Heard.All.Where(m => m.Message is not ActivityFinished).Select(m => JsonSerializer.Serialize(m.Message, m.Message.GetType()));
        foreach (var place in messages.Concat(Workers.Logs.Lines).Append(log))
            foreach (var secret in secrets) Assert.DoesNotContain(secret, place, StringComparison.Ordinal);
        Assert.NotEmpty(log);
        Assert.NotEmpty(Workers.Logs.Lines);
    }

    private static Task Echo(HttpContext context, int status)
    {
        context.Response.StatusCode = status;
        return context.Response.WriteAsync($"{Words}: {context.Request.Headers.Authorization} {context.Request.Path}");
    }
}
