using EventSourcing;

namespace Connections.Operations;

/// <summary>Who asks, in which workspace, and following what.</summary>
/// <param name="Actor">The id of the API key, or the part of the service that acts.</param>
public sealed record Who(string Workspace, string Actor, string? Correlation = null, string? Causation = null)
{
    public EventMetadata Metadata => new(Workspace, Actor, Correlation, Causation);
}
