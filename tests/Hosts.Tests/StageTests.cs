using System.Text;
using System.Text.Json;
using Connections.Connectors;
using Connections.Contracts;
using Connections.Credentials.Vault;
using Connections.Domain;
using Connections.Domain.Activity;
using Connections.ReadModels.Activities;
using Hosts.Tests.Harness;

namespace Hosts.Tests;

/// <summary>Long jobs store how far they have come, and later attempts go on from there.</summary>
public sealed class StageTests() : WorkersFixture(null)
{
    private readonly UploadSession session = new();

    [Fact]
    public async Task A_long_job_waits_without_a_worker_and_goes_on_from_its_stage()
    {
        Provider.Job = (use, ct) => session.Run(use, part => part == Paused(1) ? new ConnectorResult.Pending(TimeSpan.Zero) : null, ct);
        var connection = await Workers.Connect("one");
        var activity = await Workers.Send(Workers.Activity(connection, activity: "write"));

        var waiting = await Workers.Hears<ActivityWaiting>(m => m.ActivityId == activity, "the job waits");
        Assert.Equal(("providerJob", new ActivityProgress(1, 3, "parts")), (waiting.Kind, waiting.Progress));
        var finished = await Workers.Finished(activity);
        Assert.Equal(("succeeded", 2, 1, 1), (finished.Outcome, finished.Attempts, session.Opened, session.Files));
        var view = ActivityView.Fold(await Workers.Events(activity))!;
        Assert.Equal(new StageProgress(3, 3, "parts"), view.Progress);
    }

    [Fact]
    public async Task The_state_is_in_no_event_and_in_the_vault_only_until_the_end()
    {
        var inVault = new List<string?>();
        var connection = await Workers.Connect("one");
        var id = new ConnectionId(Workers.Workspace, connection);
        Provider.Job = async (use, ct) =>
        {
            var result = await session.Run(use, _ => null, ct);
            foreach (var entry in await Stages(use.Activity!.Value)) inVault.Add((await Vault.Get(id, entry, ct))?.Field("address"));
            return result;
        };
        var activity = await Workers.Send(Workers.Activity(connection));
        await Workers.Finished(activity);

        Assert.Equal([null, null, UploadSession.Address, UploadSession.Address], inVault); // the one before is removed with the next one
        var events = await Workers.Events(activity);
        Assert.All(events, e => Assert.DoesNotContain("very-secret", Encoding.UTF8.GetString(e.Data.Span), StringComparison.Ordinal));
        Assert.Contains(events, e => e.Type == "activity-stage-saved");
        Assert.All(Workers.Logs.Lines, line => Assert.DoesNotContain("very-secret", line, StringComparison.Ordinal));
        await TestServers.Until.Holds(
            async () => await Left(id, activity) == 0, "the states are removed from the vault when the activity has ended");
    }

    [Fact]
    public async Task An_unrepeatable_job_that_loses_its_provider_goes_on_from_its_stage()
    {
        Provider.Job = (use, ct) => session.Run(
            use,
            part => part == Paused(2) ? new ConnectorResult.Failed(FailureKind.Timeout, "No answer.", Delivered.Maybe, TimeSpan.FromSeconds(1)) : null,
            ct);
        var activity = await Workers.Send(Workers.Activity(await Workers.Connect("one"), activity: "write"));
        var finished = await Workers.Finished(activity);
        Assert.Equal(("succeeded", 2, 1, 1), (finished.Outcome, finished.Attempts, session.Opened, session.Files));
    }

    [Fact]
    public async Task A_short_fault_is_retried_within_the_attempt_from_the_stage()
    {
        Provider.Job = (use, ct) => session.Run(
            use, part => part == Paused(2) ? new ConnectorResult.Failed(FailureKind.Unavailable, "Not now.", Delivered.Maybe) : null, ct);
        var finished = await Workers.Finished(await Workers.Send(Workers.Activity(await Workers.Connect("one"), activity: "write")));
        Assert.Equal(("succeeded", 1, 1, 1), (finished.Outcome, finished.Attempts, session.Opened, session.Files));
    }

    [Fact]
    public async Task A_connector_that_waits_without_a_stage_is_at_fault()
    {
        Provider.Job = (_, _) => Task.FromResult<ConnectorResult>(new ConnectorResult.Pending(TimeSpan.FromSeconds(1)));
        var finished = await Workers.Finished(await Workers.Send(Workers.Activity(await Workers.Connect("one"), activity: "write")));
        Assert.Equal(("unknown", "internal"), (finished.Outcome, finished.Error!.Kind));
    }

    [Fact]
    public async Task The_same_place_is_stored_once()
    {
        Provider.Job = async (use, ct) =>
        {
            for (var i = 0; i < 3; i++)
                await use.Stage!.Save(JsonSerializer.SerializeToElement(new { part = 1 }), new StageProgress(1, 3, "parts"), resumable: true, ct);
            return ScriptedConnector.Done("uploaded");
        };
        var activity = await Workers.Send(Workers.Activity(await Workers.Connect("one")));
        await Workers.Finished(activity);
        Assert.Single(await Workers.Events(activity), e => e.Type == "activity-stage-saved");
    }

    [Fact]
    public async Task An_attempt_that_was_judged_as_lost_stores_no_stage_and_stops()
    {
        var (saved, judged) = (new TaskCompletionSource(), new TaskCompletionSource());
        var stopped = new TaskCompletionSource<Exception>();
        var calls = 0;
        Provider.Job = async (use, ct) =>
        {
            if (++calls > 1) return await session.Run(use, _ => null, ct);
            await session.Run(use, part => part == 1 ? ScriptedConnector.Done("") : null, ct);
            saved.SetResult();
            await judged.Task;
            stopped.SetResult(await Assert.ThrowsAnyAsync<Exception>(() => session.Run(use, _ => null, ct)));
            throw new AttemptLostException();
        };
        var activity = await Workers.Send(Workers.Activity(await Workers.Connect("one"), activity: "write"));
        await saved.Task.WaitAsync(TestServers.Until.Limit, TimeProvider.System);
        await Workers.Get<ActivityStreams>().Handle(
            new ActivityId(Workers.Workspace, activity), new JudgeLostAttempt(1, DateTimeOffset.UnixEpoch, 0), new(Workers.Workspace, "test"), default);
        judged.SetResult();

        Assert.IsType<AttemptLostException>(await stopped.Task.WaitAsync(TestServers.Until.Limit, TimeProvider.System));
        var finished = await Workers.Finished(activity);
        Assert.Equal(("succeeded", 2, 1), (finished.Outcome, finished.Attempts, session.Opened));
    }

    private IVault Vault => Workers.Get<IVault>();

    // Each pause happens once.
    private readonly HashSet<int> paused = [];

    private int Paused(int part) => session.Stored == part && paused.Add(part) ? part : -1;

    private async Task<IReadOnlyList<string>> Stages(Guid activity) =>
        [.. (await Workers.Events(activity)).Select(e => ActivityDecider.Names.Read(e)).OfType<ActivityStageSaved>().Select(e => e.Entry)];

    private async Task<int> Left(ConnectionId connection, Guid activity)
    {
        var left = 0;
        foreach (var entry in await Stages(activity)) if (await Vault.Get(connection, entry, default) is not null) left++;
        return left;
    }
}
