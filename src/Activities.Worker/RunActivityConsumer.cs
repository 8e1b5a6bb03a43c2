using System.Text.Json;
using Connections.Contracts;
using Connections.Domain;
using Connections.Hosting;
using Connections.Operations;
using EventSourcing;
using MassTransit;

namespace Activities.Worker;

/// <summary>Takes activities in from the bus, and runs their first attempt at once: request and beginning are one append.</summary>
public sealed class RunActivityConsumer(
    AttemptRunner attempts,
    ActivityRequests requests,
    ConnectionDirectory directory,
    ActivityStreams activities,
    StopLimit stop,
    TimeProvider clock)
    : IConsumer<RunActivity>
{
    private static readonly JsonElement NoInput = JsonDocument.Parse("{}").RootElement;

    public async Task Consume(ConsumeContext<RunActivity> context)
    {
        var m = context.Message;
        var ct = context.CancellationToken;
        var who = new Who(m.Workspace, m.Actor ?? "bus", m.CorrelationId ?? context.MessageId?.ToString(), context.MessageId?.ToString());
        JsonElement? input = m.Input.ValueKind is JsonValueKind.Undefined or JsonValueKind.Null ? null : m.Input; // left out
        var wanted = new NewActivity(
            m.ActivityId,
            m.ConnectionId,
            m.Connection?.Connector,
            m.Connection?.Name,
            m.Activity,
            input,
            m.DeadlineSeconds,
            m.TimeoutSeconds,
            m.OnReauth,
            m.Caller is { } c ? new Connections.Domain.Caller(c.Workflow, c.Run, c.Step) : null);
        var connection = m.ConnectionId is { } id ? await directory.Find(m.Workspace, id, ct) : null;
        var connector = m.ConnectionId is null ? m.Connection?.Connector : connection?.Connector;
        var request = await requests.Record(who, wanted, connector, Via.Bus, ct);
        var stream = ActivityDecider.Stream(m.Workspace, m.ActivityId);
        var attempt = new Attempt(
            who, m.ActivityId, request, new Loaded<ActivityState>(stream, Revision.NoStream, ActivityState.Initial), New: true)
        {
            Problem = ActivityRequests.Problem(wanted) ?? (connector is null ? null : requests.Problem(wanted, connector)),
            Fresh = (input ?? NoInput, connection),
            Trace = TraceHeader.Of(context)
        };
        try
        {
            await attempts.Run(attempt, stop.Token);
        }
        catch (StreamConflictException)
        {
            var known = (await activities.Load(stream, ct)).State.Request;
            if (known is not null && known.BodyHash != request.BodyHash) await Refuse(context, who);
        }
    }

    private Task Refuse(ConsumeContext<RunActivity> context, Who who) => context.Tell(
        new CommandRefused(
            who.Workspace,
            context.Message.ActivityId,
            "run-activity",
            "activity.id-reused",
            "An activity with this id was asked for with another body. Use a new id.",
            context.Message.ConnectionId,
            clock.GetUtcNow(),
            who.Correlation),
        context.CancellationToken);
}
