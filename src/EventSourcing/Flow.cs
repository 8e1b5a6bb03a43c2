using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;

namespace EventSourcing;

/// <summary>One of the five flows through the service, as a source of spans: one span per hop.</summary>
[SuppressMessage("Reliability", "CA1001", Justification = "The five sources live as long as the process.")]
public sealed class Flow
{
    public static readonly Flow Command = new("Connections.Command");
    public static readonly Flow Schedule = new("Connections.Schedule");
    public static readonly Flow RunActivity = new("Connections.Activity");
    public static readonly Flow React = new("Connections.React");
    public static readonly Flow Wake = new("Connections.Wake");

    private readonly ActivitySource source;

    private Flow(string name) => source = new ActivitySource(name);

    public static IReadOnlyList<Flow> All { get; } = [Command, Schedule, RunActivity, React, Wake];

    public string Name => source.Name;

    /// <summary>Whether anybody listens to the spans. Without a listener a hop is null and costs almost nothing.</summary>
    public bool Watched => source.HasListeners();

    /// <summary>The current trace in W3C <c>traceparent</c> form; null without a trace or a listener.</summary>
    public static string? Trace => Command.Watched && Activity.Current is { IdFormat: ActivityIdFormat.W3C } now ? now.Id : null;

    /// <summary>Begins a hop as a child of the span that is active in this process.</summary>
    /// <param name="following">The <c>traceparent</c> of the cause, where the cause came from another process or from the log.</param>
    public Activity? Begin(string hop, string? following = null, ActivityKind kind = ActivityKind.Internal)
    {
        if (!Watched) return null;
        return following is not null && ActivityContext.TryParse(following, null, isRemote: true, out var cause)
            ? source.StartActivity(hop, kind, cause)
            : source.StartActivity(hop, kind);
    }
}

/// <summary>Tags of spans: ids, kinds and numbers. Never user input, output or secrets.</summary>
public static class HopTags
{
    /// <summary>The stream, which names the workspace and the connection or activity.</summary>
    public const string Stream = "connections.stream";

    /// <summary>Stored names of the appended events, in order.</summary>
    public const string Events = "connections.events";

    /// <summary>The revision of the last event of an append; missing after a conflict.</summary>
    public const string Revision = "connections.revision";

    public const string Connection = "connections.connection.id";
    public const string Connector = "connections.connector";
    public const string Action = "connections.action";
    public const string Attempt = "connections.attempt";

    /// <summary><c>ok</c>, or a kind of failure.</summary>
    public const string Outcome = "connections.outcome";
}
