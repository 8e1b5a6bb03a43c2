using Connections.Connectors.Pipeline;
using Connections.Domain;

namespace Connections.Connectors.Databases;

/// <summary>How one kind of database is entered, and what it says of itself.</summary>
internal interface IDatabaseDriver<TSession> where TSession : DatabaseSession
{
    /// <summary>Opens one physical connection: checked, dialled and signed in once.</summary>
    Task<OpenResult<TSession>> Open(DatabaseSettings settings, Secret credentials, ProbeSteps steps, CancellationToken ct);

    /// <summary>Who is signed in; and server, database and user as the server itself tells them, where it does.</summary>
    Task<(string User, string? Server)> Identify(TSession session, CancellationToken ct);

    /// <summary>What the server said in an exception of its driver; null where that was no answer of the server.</summary>
    ConnectorResult.Failed? ToFailure(Exception e);
}
