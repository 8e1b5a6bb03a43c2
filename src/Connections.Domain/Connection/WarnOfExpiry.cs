namespace Connections.Domain.Connection;

/// <summary>A scheduled check found that these credentials are expected to end in this number of days.</summary>
/// <param name="DaysLeft">The threshold that was passed: 14, 7 or 1.</param>
public sealed record WarnOfExpiry(DateTimeOffset ExpiresAt, string Basis, int DaysLeft, int CredentialVersion) : ConnectionCommand;

public static partial class ConnectionDecider
{
    public static IReadOnlyList<ConnectionEvent> Decide(WarnOfExpiry c, ConnectionState now)
    {
        if (now.Status is not (ConnectionStatus.Connected or ConnectionStatus.Unreachable)) return [];
        if (c.CredentialVersion != now.CredentialVersion) return []; // stale: the credentials were replaced since
        var alreadyWarned = now.Warned is { } was && was.CredentialVersion == c.CredentialVersion && was.ExpiresAt == c.ExpiresAt
            && was.DaysLeft <= c.DaysLeft;
        return alreadyWarned ? [] : [new ConnectionExpiring(c.ExpiresAt, c.Basis, c.DaysLeft, c.CredentialVersion)];
    }
}
