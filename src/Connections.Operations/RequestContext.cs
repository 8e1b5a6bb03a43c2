using Connections.Domain;
using EventSourcing;

namespace Connections.Operations;

/// <summary>The caller, the workspace, and the cause of a command.</summary>
/// <param name="Actor">The id of the API key, or the part of the service that acts.</param>
public sealed record RequestContext(string Workspace, string Actor, string? Correlation = null, string? Causation = null)
{
    /// <summary>
    /// Context of a message. The correlation defaults to the message id. Actor and correlation are cut to the maximum length.
    /// </summary>
    public static RequestContext FromMessage(string workspace, string? actor, string? correlation, Guid? message) =>
        new(workspace, Texts.Cut(actor) ?? "bus", Texts.Cut(correlation) ?? message?.ToString(), message?.ToString());

    public ConnectionId Connection(Guid id) => new(Workspace, id);

    public ActivityId Activity(Guid id) => new(Workspace, id);

    public EventMetadata Metadata => new(Workspace, Actor, Correlation, Causation);
}
