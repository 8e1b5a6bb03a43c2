using Connections.Domain;
using Connections.ReadModels;
using EventSourcing.Sql;

namespace Connections.Api;

/// <summary>The read models: all that can be built again from the log.</summary>
internal static class BuiltFromTheLog
{
    public static readonly IReadOnlyList<string> Names = ["connections", "grants", "activities", "waits"];

    public static IReadOnlyList<IProjection> Projections(IServiceProvider services) =>
    [
        new ConnectionsProjection(),
        new GrantsProjection(services.GetRequiredService<IGrantLives>()),
        new ActivitiesProjection(),
        new WaitsProjection(new WakeSignal())
    ];
}
