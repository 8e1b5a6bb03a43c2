using System.Text.Json;
using Connections.Connectors;
using Connections.Connectors.Catalogue;
using Connections.Connectors.OAuth;
using Connections.Connectors.Pipeline;
using Connections.Domain;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using TestServers;

namespace Connectors.Tests.Pipeline;

public sealed class RunnerTests
{
    private static readonly Guid Id = Guid.Parse("6f1c1a90-0000-4000-8000-000000000001");
    private readonly NotifyingClock clock = new() { AutoAdvanceAmount = TimeSpan.FromMilliseconds(1) };
    private readonly FakeConnector connector = new();
    private readonly CapturedLogs logs = new();
    private readonly ConnectionSlots slots = new();
    private readonly CredentialMemory signIns;
    private readonly HostCircuits circuits;
    private readonly ConnectorRunner runner;

    public RunnerTests()
    {
        signIns = new CredentialMemory(clock);
        circuits = new HostCircuits(clock);
        var factory = LoggerFactory.Create(l => l.AddProvider(logs));
        var faults = new OperatorFaults(new OAuthApplications(new ConfigurationBuilder().Build()), factory.CreateLogger<OperatorFaults>());
        runner = new ConnectorRunner(
            new ConnectorCatalogue([connector]), slots, signIns, circuits, faults, clock, factory.CreateLogger<ConnectorRunner>());
    }

    [Theory]
    [InlineData(FailureKind.Unavailable, Delivered.No, false, 3)]
    [InlineData(FailureKind.Unavailable, Delivered.Maybe, false, 1)]
    [InlineData(FailureKind.Unavailable, Delivered.Maybe, true, 3)]
    [InlineData(FailureKind.Throttled, Delivered.No, true, 1)]
    [InlineData(FailureKind.Timeout, Delivered.No, true, 1)]
    [InlineData(FailureKind.InvalidInput, Delivered.No, true, 1)]
    [InlineData(FailureKind.ReauthRequired, Delivered.No, true, 1)]
    public async Task Only_short_faults_are_retried(FailureKind kind, Delivered delivered, bool repeatable, int calls)
    {
        connector.IsRepeatable = repeatable;
        connector.Answer = Always(kind, delivered);
        Assert.Equal(kind, (await Failed(Run())).Kind);
        Assert.Equal(calls, connector.Calls);
    }

    [Fact]
    public async Task A_retry_that_succeeds_is_a_success()
    {
        connector.Answer = (n, _) => Task.FromResult<ConnectorResult>(n < 3 ? Unavailable : FakeConnector.Done("{}"));
        Assert.IsType<ConnectorResult.Done>(await Advancing(Run()));
    }

    [Fact]
    public async Task A_retry_has_the_time_that_the_first_try_left()
    {
        connector.Answer = (n, _) =>
        {
            clock.Advance(TimeSpan.FromSeconds(20));
            return Task.FromResult<ConnectorResult>(n < 2 ? Unavailable : FakeConnector.Done("{}"));
        };
        Assert.IsType<ConnectorResult.Done>(await Advancing(Run()));
        Assert.InRange(connector.Timeouts[0]!.Value, TimeSpan.FromSeconds(59), TimeSpan.FromSeconds(60));
        Assert.InRange(connector.Timeouts[1]!.Value, TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(40));
    }

    [Fact]
    public async Task A_requested_retry_delay_is_left_to_the_caller()
    {
        connector.Answer = (_, _) => Task.FromResult<ConnectorResult>(Unavailable with { RetryAfter = TimeSpan.FromMinutes(1) });
        Assert.Equal(TimeSpan.FromMinutes(1), (await Failed(Run())).RetryAfter);
        Assert.Equal(1, connector.Calls);
    }

    [Fact]
    public async Task An_unresponsive_host_opens_its_circuit_and_a_successful_probe_closes_it()
    {
        connector.Answer = Always(FailureKind.Unavailable, Delivered.No);
        for (var i = 0; i < 4; i++) await Failed(Run());
        var open = await Failed(Run());
        Assert.False(open.Attempted);
        Assert.NotNull(open.RetryAfter);
        var calls = connector.Calls;
        await Failed(Run());
        Assert.Equal(calls, connector.Calls);

        connector.Answer = (_, _) => Task.FromResult<ConnectorResult>(FakeConnector.Done("{}"));
        Assert.True((await runner.Probe("fake", Use(), TimeSpan.FromSeconds(10), byPerson: false, default)).Ok);
        Assert.IsType<ConnectorResult.Done>(await Run());
    }

    [Fact]
    public async Task A_host_that_responds_with_a_failure_keeps_its_circuit_closed()
    {
        connector.Answer = (_, _) => Task.FromResult<ConnectorResult>(Unavailable with { Answered = true });
        for (var i = 0; i < 20; i++) Assert.True((await Failed(Run())).Attempted);
    }

    [Fact]
    public async Task The_runner_does_not_wait_for_a_connector_that_ignores_cancellation()
    {
        connector.Answer = (_, _) => new TaskCompletionSource<ConnectorResult>().Task;
        var running = Run();
        clock.Advance(TimeSpan.FromSeconds(60) + ConnectorRunner.Grace);
        var failed = Assert.IsType<ConnectorResult.Failed>(await running);
        Assert.Equal((FailureKind.Timeout, Delivered.Maybe), (failed.Kind, failed.Delivered));
    }

    [Fact]
    public async Task An_exception_of_a_connector_is_an_internal_failure_without_its_message()
    {
        connector.Answer = (_, _) => throw new InvalidOperationException("password=canary-1234");
        var failed = await Failed(Run());
        Assert.Equal(FailureKind.Internal, failed.Kind);
        var log = Assert.Single(logs.Lines);
        Assert.Contains(nameof(InvalidOperationException), log, StringComparison.Ordinal);
        Assert.DoesNotContain("canary", failed.Message + log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_output_that_is_too_large_is_rejected()
    {
        connector.Answer = (_, _) => Task.FromResult<ConnectorResult>(FakeConnector.Done($"\"{new string('x', ConnectorRunner.OutputLimit)}\""));
        Assert.Equal((FailureKind.InvalidInput, Delivered.Yes), await Failed(Run()) is var f ? (f.Kind, f.Delivered) : default);
    }

    [Fact]
    public async Task Rejected_credentials_are_tried_once_until_replaced_or_allowed_again()
    {
        var gate = new TaskCompletionSource();
        connector.Answer = async (_, _) =>
        {
            await gate.Task;
            return new ConnectorResult.Failed(FailureKind.ReauthRequired, "no", Delivered.No);
        };
        var running = Enumerable.Range(0, 100).Select(_ => Run()).ToList();
        gate.SetResult();
        var failures = (await Task.WhenAll(running)).Cast<ConnectorResult.Failed>().ToList();
        Assert.Equal(1, connector.Calls);
        Assert.Single(failures, f => f.Attempted);
        Assert.All(failures, f => Assert.Equal(FailureKind.ReauthRequired, f.Kind));

        connector.Answer = (_, _) => Task.FromResult<ConnectorResult>(FakeConnector.Done("{}"));
        Assert.IsType<ConnectorResult.Done>(await Run(version: 2));
        Assert.False((await Failed(Run())).Attempted);
        runner.Revive("default", Id, 1);
        Assert.IsType<ConnectorResult.Done>(await Run());
    }

    [Fact]
    public async Task A_call_that_began_before_a_rejection_does_not_accept_the_credentials_again()
    {
        var late = new TaskCompletionSource<ConnectorResult>();
        connector.Answer = (n, _) => n == 1
            ? Task.FromResult<ConnectorResult>(FakeConnector.Done("{}"))
            : n == 2 ? late.Task : Always(FailureKind.ReauthRequired, Delivered.No)(n, default);
        await Run();
        var running = Run();
        await Failed(Run());
        late.SetResult(FakeConnector.Done("{}"));
        Assert.IsType<ConnectorResult.Done>(await running);
        Assert.False((await Failed(Run())).Attempted);
        Assert.Equal(3, connector.Calls);
    }

    [Fact]
    public async Task Nothing_is_remembered_about_a_connection_that_is_not_saved()
    {
        connector.Answer = Always(FailureKind.ReauthRequired, Delivered.No);
        for (var i = 0; i < 3; i++) await runner.Probe("fake", Use(version: 0), TimeSpan.FromSeconds(1), byPerson: true, default);
        Assert.Equal(3, connector.Calls);
        Assert.Equal(0, signIns.Tracked);
    }

    [Fact]
    public void Slots_are_counted_per_connection_and_released_once()
    {
        var first = runner.TryEnter("fake", "default", Id);
        Assert.NotNull(runner.TryEnter("fake", "default", Id));
        Assert.Null(runner.TryEnter("fake", "default", Id));
        Assert.NotNull(runner.TryEnter("fake", "other", Id));
        first!.Dispose();
        first.Dispose();
        Assert.NotNull(runner.TryEnter("fake", "default", Id));
        Assert.Null(runner.TryEnter("fake", "default", Id));
    }

    [Fact]
    public void Slots_never_exceed_the_limit()
    {
        var (inside, most) = (0, 0);
        Parallel.For(0, 20_000, _ =>
        {
            using var slot = slots.TryEnter("default", Id, 3);
            if (slot is null) return;
            var now = Interlocked.Increment(ref inside);
            if (now > Volatile.Read(ref most)) Volatile.Write(ref most, now);
            Interlocked.Decrement(ref inside);
        });
        Assert.InRange(most, 1, 3);
        Assert.Equal(0, slots.Tracked);
    }

    [Fact]
    public void Unused_records_are_removed_and_rejected_credentials_later()
    {
        for (var i = 0; i < 10_000; i++) signIns.MarkProven(new CredentialKey("default", Guid.CreateVersion7(), 1));
        var dead = new CredentialKey("default", Id, 1);
        signIns.MarkDead(dead, Unavailable);
        clock.Advance(CredentialMemory.IdleLimit * 2);
        signIns.MarkProven(new CredentialKey("default", Guid.CreateVersion7(), 1));
        Assert.Equal(2, signIns.Tracked);
        Assert.NotNull(signIns.Dead(dead));
        clock.Advance(CredentialMemory.DeadLimit * 2);
        signIns.MarkProven(new CredentialKey("default", Guid.CreateVersion7(), 1));
        Assert.Equal(1, signIns.Tracked);
    }

    private static ConnectorResult.Failed Unavailable => new(FailureKind.Unavailable, "gone", Delivered.No);

    private static Func<int, CancellationToken, Task<ConnectorResult>> Always(FailureKind kind, Delivered delivered) =>
        (_, _) => Task.FromResult<ConnectorResult>(new ConnectorResult.Failed(kind, "so it is", delivered));

    private static ConnectionUse Use(int version = 1) => new("default", Id, version, JsonSerializer.SerializeToElement(new { }), Secret.None);

    private Task<ConnectorResult> Run(int version = 1) =>
        runner.Run("fake", Use(version), "act", JsonSerializer.SerializeToElement(new { }), TimeSpan.FromSeconds(60), default);

    private async Task<ConnectorResult.Failed> Failed(Task<ConnectorResult> running) => Assert.IsType<ConnectorResult.Failed>(await Advancing(running));

    // Advances the clock over each pause between two tries, then waits for the next try.
    private async Task<ConnectorResult> Advancing(Task<ConnectorResult> running)
    {
        while (!running.IsCompleted)
        {
            var pause = clock.NextTimer;
            clock.Advance(TimeSpan.FromSeconds(2));
            await Task.WhenAny(running, pause);
        }

        return await running;
    }

    private sealed class NotifyingClock : FakeTimeProvider
    {
        private TaskCompletionSource next = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task NextTimer => Volatile.Read(ref next).Task;

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            var timer = base.CreateTimer(callback, state, dueTime, period);
            Interlocked.Exchange(ref next, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).SetResult();
            return timer;
        }
    }
}
