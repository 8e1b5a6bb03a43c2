using EventSourcing;

namespace Connections.Operations;

/// <summary>Who asks, in which workspace, and following what.</summary>
/// <param name="Actor">The id of the API key, or the part of the service that acts.</param>
public sealed record RequestContext(string Workspace, string Actor, string? Correlation = null, string? Causation = null)
{
    /// <summary>Who sent a message. What it follows from is what it says, or else the message itself; both are cut where they are long.</summary>
    public static RequestContext FromMessage(string workspace, string? actor, string? correlation, Guid? message) =>
        new(workspace, Texts.Cut(actor) ?? "bus", Texts.Cut(correlation) ?? message?.ToString(), message?.ToString());

    public EventMetadata Metadata => new(Workspace, Actor, Correlation, Causation);
}
