using Connections.Connectors;
using Connections.Domain;
using Microsoft.AspNetCore.Http;

namespace Connectors.Tests.Contract;

/// <summary>The promises of every connector to an HTTP API. One line per connector, over a scripted provider.</summary>
public abstract partial class ConnectorContract
{
    [Fact]
    public async Task A_good_response_is_a_result()
    {
        Assert.IsType<ConnectorResult.Done>(await Run(Read));
        Assert.IsType<ConnectorResult.Done>(await Run(Write));
        Assert.NotNull((await Probe()).Account);
    }

    [Fact]
    public async Task Rejected_credentials_are_used_once_and_not_shown()
    {
        Answers(401);
        var failed = await Fails(Read);
        Assert.Equal((FailureKind.ReauthRequired, Delivered.No), (failed.Kind, failed.Delivered));
        Assert.EndsWith("(401).", failed.Reason, StringComparison.Ordinal);
        Assert.DoesNotContain(Canary, failed.ToString(), StringComparison.Ordinal);
        Assert.Equal((FailureKind.ReauthRequired, false), (await Fails(Write)) is var again ? (again.Kind, again.Attempted) : default);
        Assert.Equal(Rejected, Sent);
    }

    [Fact]
    public async Task A_rejected_call_rejects_no_credentials_that_pass_a_test()
    {
        var called = false;
        Answering = context =>
        {
            (var first, called) = (!called, true);
            return Answer(context, first || Sent <= Rejected ? 401 : 200);
        };
        var failed = Assert.IsType<ConnectorResult.Failed>(await Run(Write, tested: true));
        Assert.Equal((FailureKind.Forbidden, Delivered.No), (failed.Kind, failed.Delivered));
        Assert.IsType<ConnectorResult.Done>(await Run(Read));
    }

    [Theory]
    [InlineData(403, null, FailureKind.Forbidden)]
    [InlineData(429, null, FailureKind.Throttled)]
    [InlineData(429, "30", FailureKind.Throttled)]
    [InlineData(503, "30", FailureKind.Throttled)]
    public async Task A_refusal_is_not_repeated_and_quotes_no_secret(int status, string? retryAfter, FailureKind kind)
    {
        Answers(status, retryAfter);
        var failed = await Fails(Read);
        Assert.Equal((kind, retryAfter is null ? null : TimeSpan.FromSeconds(30)), (failed.Kind, failed.RetryAfter));
        Assert.DoesNotContain(Canary, failed.ToString(), StringComparison.Ordinal);
        Assert.EndsWith($"({status}).", failed.Reason, StringComparison.Ordinal);
        Assert.Equal(1, Sent);
    }

    [Fact]
    public async Task An_unknown_resource_is_the_activitys_own_failure()
    {
        Answers(404);
        Assert.Equal(NotFound, (await Run(Read) as ConnectorResult.Failed)?.Kind);
        Assert.Equal(1, Sent);
    }

    [Fact]
    public async Task A_failing_provider_is_called_again_only_where_that_is_harmless()
    {
        Answering = context => Answer(context, Sent == 1 ? 500 : 200);
        Assert.IsType<ConnectorResult.Done>(await Run(Read));
        Assert.Equal(2, Sent);
        Answers(500);
        var failed = await Fails(Write);
        Assert.Equal((FailureKind.Unavailable, Delivered.Maybe, 2 + Attempts + LookUps), (failed.Kind, failed.Delivered, Sent));
    }

    [Fact]
    public async Task A_refused_connection_delivers_nothing()
    {
        await server.Stop();
        var failed = await Fails(Write);
        Assert.Equal((FailureKind.Unavailable, Delivered.No), (failed.Kind, failed.Delivered));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_connection_that_breaks_may_have_delivered(bool within)
    {
        Answering = async context =>
        {
            if (within)
            {
                (context.Response.ContentType, context.Response.ContentLength) = ("application/json", 100);
                await context.Response.WriteAsync("{\"id\":");
                await context.Response.Body.FlushAsync();
            }

            context.Abort();
        };
        var failed = await Fails(Write);
        Assert.Equal((FailureKind.Unavailable, Delivered.Maybe, Attempts + LookUps), (failed.Kind, failed.Delivered, Sent));
    }

    [Fact]
    public async Task Silence_is_a_timeout_and_ends_the_call_at_the_provider()
    {
        var silence = Silence();
        // On a busy machine, a short time passes before the request is sent. Then nothing was delivered, and a longer time is needed.
        for (var seconds = 0.5; ; seconds *= 4)
        {
            var failed = Assert.IsType<ConnectorResult.Failed>(await Run(Write, timeout: TimeSpan.FromSeconds(seconds)));
            if (!silence.Came.IsCompleted && seconds < 30) continue;
            Assert.Equal((FailureKind.Timeout, Delivered.Maybe), (failed.Kind, failed.Delivered));
            break;
        }

        await silence.Gone.WaitAsync(TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task A_cancellation_reaches_the_provider()
    {
        var (came, gone) = Silence();
        using var cancel = new CancellationTokenSource();
        var running = Run(Write, ct: cancel.Token);
        await came.WaitAsync(TimeSpan.FromSeconds(30));
        await cancel.CancelAsync();
        await gone.WaitAsync(TimeSpan.FromSeconds(30));
        Assert.Equal(FailureKind.Timeout, Assert.IsType<ConnectorResult.Failed>(await running).Kind);
    }

    [Fact]
    public async Task Html_instead_of_JSON_is_no_exception()
    {
        Answering = context =>
        {
            context.Response.ContentType = "text/html";
            return context.Response.WriteAsync("<html>Please sign in</html>");
        };
        Assert.Equal(Html, (await Run(Read) as ConnectorResult.Failed)?.Kind);
    }

    [Fact]
    public async Task A_huge_response_is_not_read_completely()
    {
        Answering = async context =>
        {
            context.Response.ContentType = "application/json";
            var part = new byte[256 * 1024];
            Array.Fill(part, (byte)' ');
            try
            {
                while (!context.RequestAborted.IsCancellationRequested) await context.Response.Body.WriteAsync(part, context.RequestAborted);
            }
            catch (Exception e) when (e is OperationCanceledException or IOException)
            {
                // the client has closed the connection
            }
        };
        Assert.Equal(TooLarge, (await Fails(Write)).Kind);
    }
}
