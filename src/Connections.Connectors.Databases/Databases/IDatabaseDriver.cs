using Connections.Connectors.Pipeline;
using Connections.Domain;

namespace Connections.Connectors.Databases;

/// <summary>Signs in to one kind of database and reads its identity.</summary>
internal interface IDatabaseDriver<TSession> where TSession : DatabaseSession
{
    /// <summary>Opens one physical connection: checks the host, dials and signs in once.</summary>
    Task<OpenResult<TSession>> Open(DatabaseSettings settings, Secret credentials, ProbeSteps steps, CancellationToken ct);

    /// <summary>
    /// The signed-in user, and the identity of server, database and user as the server reports it; null if it reports none.
    /// </summary>
    Task<(string User, string? Server)> Identify(TSession session, CancellationToken ct);

    /// <summary>Converts an exception of the database driver. Null if the server did not respond.</summary>
    ConnectorResult.Failed? ToFailure(Exception e);
}
