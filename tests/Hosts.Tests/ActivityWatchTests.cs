using System.Runtime.CompilerServices;
using System.Text.Json;
using Connections.Credentials.Sealing;
using Connections.Domain;
using Connections.Domain.Activity;
using Connections.Operations.Activities;
using Connections.Web.Responses;
using EventSourcing;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using TestServers;

namespace Hosts.Tests;

/// <summary>The watch keeps nothing for a finished wait, however it ended.</summary>
public sealed class ActivityWatchTests : IAsyncLifetime
{
    private const string Workspace = "default";

    private static readonly TimeSpan Wait = TimeSpan.FromSeconds(30);

    private readonly FakeTimeProvider clock = new();
    private readonly FollowedLog log = new();
    private readonly ActivityWatch watch;
    private readonly ActivityResponses activities;

    public ActivityWatchTests()
    {
        watch = new ActivityWatch(log, clock, NullLogger<ActivityWatch>.Instance);
        activities = new ActivityResponses(log, new ActivitySeals(new ReadableSeals(), NullLogger<ActivitySeals>.Instance), null!, watch, clock);
    }

    public async ValueTask InitializeAsync()
    {
        await watch.StartAsync(default);
        await log.Followed.WaitAsync(Until.Limit, TimeProvider.System);
    }

    public async ValueTask DisposeAsync()
    {
        await watch.StopAsync(default);
        watch.Dispose();
    }

    [Fact]
    public async Task A_wait_for_an_unknown_activity_keeps_nothing()
    {
        var unknown = await Assert.ThrowsAsync<RejectedException>(() => activities.Now(new ActivityId(Workspace, Guid.NewGuid()), Wait, default));

        Assert.Equal("activity.not-found", unknown.Code);
        Assert.Equal(0, watch.Waiting);
    }

    [Fact]
    public async Task A_wait_for_an_activity_that_has_ended_keeps_nothing()
    {
        var id = await Requested();
        await Append(id, new ActivityCancelled(0) { Facts = Facts });

        Assert.Equal(ActivityStatus.Cancelled, (await activities.Now(new ActivityId(Workspace, id), Wait, default)).Status);
        Assert.Equal(0, watch.Waiting);
    }

    [Fact]
    public async Task A_wait_that_times_out_keeps_nothing()
    {
        var id = await Requested();
        var answer = activities.Now(new ActivityId(Workspace, id), Wait, default);
        await Until.Holds(() => watch.Waiting == 1, "the caller waits");
        clock.Advance(Wait);

        Assert.Equal(ActivityStatus.Requested, (await answer.WaitAsync(Until.Limit, TimeProvider.System)).Status);
        Assert.Equal(0, watch.Waiting);
    }

    [Fact]
    public async Task A_caller_that_disconnects_is_removed_and_another_that_waits_for_the_same_activity_stays()
    {
        var id = await Requested();
        using var left = new CancellationTokenSource();
        var leaving = activities.Now(new ActivityId(Workspace, id), Wait, left.Token);
        var staying = activities.Now(new ActivityId(Workspace, id), Wait, default);
        await Until.Holds(() => watch.Waiting == 2, "both callers wait");

        await left.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => leaving);
        Assert.Equal(1, watch.Waiting);

        await Append(id, new ActivityCancelled(0) { Facts = Facts });
        Assert.Equal(ActivityStatus.Cancelled, (await staying.WaitAsync(Until.Limit, TimeProvider.System)).Status);
        Assert.Equal(0, watch.Waiting);
    }

    [Fact]
    public async Task The_end_wakes_the_caller_and_keeps_nothing()
    {
        var id = await Requested();
        var answer = activities.Now(new ActivityId(Workspace, id), Wait, default);
        await Until.Holds(() => watch.Waiting == 1, "the caller waits");
        await Append(id, new ActivityStarted(1, "worker", clock.GetUtcNow(), Guid.NewGuid(), "http", 1, false));
        await Append(id, new ActivitySucceeded(1, null) { Facts = Facts });

        Assert.Equal(ActivityStatus.Succeeded, (await answer.WaitAsync(Until.Limit, TimeProvider.System)).Status);
        Assert.Equal(0, watch.Waiting);
    }

    private static ActivityFacts Facts { get; } = new("send", null, "http", 0, null);

    private async Task<Guid> Requested()
    {
        var id = Guid.NewGuid();
        await Append(id, new ActivityRequested(
            Guid.NewGuid(), "http", null, "send", "{}", "hash", clock.GetUtcNow().AddDays(1), 60, OnReauth.Wait, null, Via.Http));
        return id;
    }

    private async Task Append(Guid id, ActivityEvent e)
    {
        var stream = new ActivityId(Workspace, id).Stream;
        var metadata = new EventMetadata(Workspace, "test");
        await log.Append(
            stream, (await log.Read(stream, default)).Revision, [ActivityDecider.Names.Write(Guid.NewGuid(), e, metadata)], default);
    }

    /// <summary>A log that reports when a subscription has started.</summary>
    private sealed class FollowedLog : IEventLog
    {
        private readonly InMemoryEventLog inner = new();
        private readonly TaskCompletionSource followed = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Followed => followed.Task;

        public async IAsyncEnumerable<LogBatch> Subscribe(
            IReadOnlyList<string> prefixes, long after, [EnumeratorCancellation] CancellationToken ct)
        {
            followed.TrySetResult();
            await foreach (var batch in inner.Subscribe(prefixes, after, ct)) yield return batch;
        }

        public Task<StreamSlice> Read(string stream, CancellationToken ct) => inner.Read(stream, ct);

        public Task<Appended> Append(string stream, long expected, IReadOnlyList<NewEvent> events, CancellationToken ct) =>
            inner.Append(stream, expected, events, ct);

        public Task<long> Head(CancellationToken ct) => inner.Head(ct);

        public Task Remove(string stream, CancellationToken ct) => inner.Remove(stream, ct);

        public Task KeepLast(string stream, int count, CancellationToken ct) => inner.KeepLast(stream, count, ct);
    }

    /// <summary>Seals that change nothing.</summary>
    private sealed class ReadableSeals : ISeals
    {
        public Task<string> Seal(string workspace, string subject, ReadOnlyMemory<byte> clear, CancellationToken ct) =>
            throw new NotSupportedException();

        public Task<byte[]?> Open(string workspace, string subject, string sealedText, CancellationToken ct) =>
            Task.FromResult<byte[]?>(JsonSerializer.SerializeToUtf8Bytes(JsonDocument.Parse(sealedText)));

        public Task DestroyMonthsBefore(DateTimeOffset before, CancellationToken ct) => throw new NotSupportedException();
    }
}
