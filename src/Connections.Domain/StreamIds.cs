using System.Security.Cryptography;
using System.Text;
using Connections.Domain.Connection;
using EventSourcing;

namespace Connections.Domain;

/// <summary>The stream of a connection, for example <c>connection-default:0197a8c4-5d0e-7c3b-9a51-3f1f0c6f2b11</c>.</summary>
public readonly record struct ConnectionId(string Workspace, Guid Value) : IStreamId
{
    public const string Category = "connection-";

    public string Stream => StreamName.Format(Category, Workspace, Value);

    /// <summary>The stream of the connection's token refreshes.</summary>
    public TokenId Token => new(Workspace, Value);

    /// <exception cref="FormatException">The name is not of a connection's stream.</exception>
    public static ConnectionId Parse(string stream)
    {
        var (workspace, id) = StreamName.Parse(Category, stream);
        return new ConnectionId(workspace, id);
    }

    public static bool IsStream(string stream) => stream.StartsWith(Category, StringComparison.Ordinal);

    public override string ToString() => Stream;
}

/// <summary>The stream of an activity, for example <c>activity-default:0197a8c5-11aa-7d2e-8c1b-5b6a2f9d7e01</c>.</summary>
public readonly record struct ActivityId(string Workspace, Guid Value) : IStreamId
{
    public const string Category = "activity-";

    public string Stream => StreamName.Format(Category, Workspace, Value);

    /// <exception cref="FormatException">The name is not of an activity's stream.</exception>
    public static ActivityId Parse(string stream)
    {
        var (workspace, id) = StreamName.Parse(Category, stream);
        return new ActivityId(workspace, id);
    }

    public static bool IsStream(string stream) => stream.StartsWith(Category, StringComparison.Ordinal);

    public override string ToString() => Stream;
}

/// <summary>
/// The stream of a connection's token refreshes; its id is the connection's. For example
/// <c>token-default:0197a8c4-5d0e-7c3b-9a51-3f1f0c6f2b11</c>.
/// </summary>
public readonly record struct TokenId(string Workspace, Guid Value) : IStreamId
{
    public const string Category = "token-";

    public string Stream => StreamName.Format(Category, Workspace, Value);

    public ConnectionId Connection => new(Workspace, Value);

    /// <exception cref="FormatException">The name is not of a token stream.</exception>
    public static TokenId Parse(string stream)
    {
        var (workspace, id) = StreamName.Parse(Category, stream);
        return new TokenId(workspace, id);
    }

    public static bool IsStream(string stream) => stream.StartsWith(Category, StringComparison.Ordinal);

    public override string ToString() => Stream;
}

/// <summary>
/// The stream of a claim on a name or an account, for example
/// <c>connectionName-9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08</c>. The hash cannot be read back.
/// </summary>
public readonly record struct ClaimId : IStreamId
{
    private ClaimId(string stream) => Stream = stream;

    public string Stream { get; }

    public static ClaimId ForName(string workspace, string connector, string name) =>
        new($"connectionName-{Hash($"{workspace}\n{connector}\n{ConnectionName.Key(name)}")}");

    /// <param name="fingerprint">Covers workspace and connector already.</param>
    public static ClaimId ForAccount(string fingerprint) => new($"connectionAccount-{fingerprint}");

    public override string ToString() => Stream;

    private static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
