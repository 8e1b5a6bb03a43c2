using TestServers;

namespace Connectors.Tests.Databases;

/// <summary>One kind of database under test: its server, and the SQL in which databases differ.</summary>
public abstract class DatabaseDialect
{
    public abstract string Host { get; }

    public abstract bool Available { get; }

    /// <summary>A text that the server logs once for each rejected sign-in of <c>app</c>.</summary>
    public abstract string Rejection { get; }

    /// <summary>The identifier of the session, as a query.</summary>
    public abstract string SessionId { get; }

    /// <summary>A query for the number of sessions of <c>app</c>, for a superuser.</summary>
    public abstract string Sessions { get; }

    /// <summary>A condition that is true where the server itself ends statements after 30 to 60 s.</summary>
    public abstract string HasTimeout { get; }

    /// <summary>A server with the database <c>shop</c>, its table <c>orders</c> of 50 rows, and the user <c>app</c>.</summary>
    public abstract Task<IDatabaseServer> Prepare();

    public abstract TestDatabase Connect(
        IDatabaseServer server, bool allowWrites = false, string tls = "prefer", string? ca = null, TimeProvider? clock = null);

    /// <summary>Adds a user who may read everything.</summary>
    public abstract Task AddUser(IDatabaseServer server, string name, string password);

    /// <summary>Ends all sessions of <c>app</c>.</summary>
    public abstract Task EndSessions(IDatabaseServer server);

    /// <summary>A server like that of Prepare, which does not encrypt.</summary>
    public abstract Task<IDatabaseServer> Unencrypted();

    /// <summary>Whether the sessions of a connection are encrypted.</summary>
    public abstract Task<bool> IsEncrypted(TestDatabase database);

    /// <summary>The numbers from 1, as a table.</summary>
    public abstract string Numbers(int count);

    /// <summary>An expression that takes some time.</summary>
    public abstract string Sleep(string seconds);

    /// <summary>A statement that adds an order after ten minutes.</summary>
    public abstract string SlowInsert(int id);

    /// <summary>A query that does not end within the time of a test.</summary>
    public abstract string Endless(string mark);

    /// <summary>A query for the number of running statements that contain a text, for a superuser.</summary>
    public abstract string Running(string mark);

    /// <summary>A text as bytes.</summary>
    public abstract string Bytes(string expression);

    public abstract string Character(int code);

    public abstract string QuotedName(string name);
}
