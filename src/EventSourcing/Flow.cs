using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;

namespace EventSourcing;

/// <summary>One of the five roads through the service, as traces see it: a source of spans, one for each hop.</summary>
[SuppressMessage("Reliability", "CA1001", Justification = "The five live as long as the process.")]
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

    /// <summary>Whether anybody looks. Where nobody does, a hop is null and costs next to nothing.</summary>
    public bool Watched => source.HasListeners();

    /// <summary>The trace that is followed here, as W3C writes it in <c>traceparent</c>; null where there is none or nobody looks.</summary>
    public static string? Trace => Command.Watched && Activity.Current is { IdFormat: ActivityIdFormat.W3C } now ? now.Id : null;

    /// <summary>Begins a hop, within the one that is under way in this process.</summary>
    /// <param name="following">The <c>traceparent</c> of what led to it, where that came from another process or out of the log.</param>
    public Activity? Begin(string hop, string? following = null, ActivityKind kind = ActivityKind.Internal)
    {
        if (!Watched) return null;
        return following is not null && ActivityContext.TryParse(following, null, isRemote: true, out var cause)
            ? source.StartActivity(hop, kind, cause)
            : source.StartActivity(hop, kind);
    }
}

/// <summary>What spans say: ids, kinds and numbers. Nothing that anybody typed, no input, no output, no secret.</summary>
public static class HopTags
{
    /// <summary>Says which connection or activity it is, and whose.</summary>
    public const string Stream = "connections.stream";

    /// <summary>Stored names, in the order of the append.</summary>
    public const string Events = "connections.events";

    /// <summary>Of the last event of an append; missing where another writer was faster.</summary>
    public const string Revision = "connections.revision";

    public const string Connection = "connections.connection.id";
    public const string Connector = "connections.connector";
    public const string Action = "connections.action";
    public const string Attempt = "connections.attempt";

    /// <summary><c>ok</c>, or a kind of failure.</summary>
    public const string Outcome = "connections.outcome";
}
