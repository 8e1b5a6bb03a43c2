using Connections.Domain;
using Connections.Domain.Connection;

namespace Domain.Tests.Properties;

/// <summary>A model of a connection without events, after the protocol: the effect of each command.</summary>
internal sealed record ConnectionModel
{
    public ConnectionStatus Status { get; private init; } = ConnectionStatus.Absent;

    public string Name { get; private init; } = "";

    public int Version { get; private init; }

    public string Entry { get; private init; } = "";

    public IReadOnlySet<string> Accounts { get; private init; } = new HashSet<string>();

    private AuthorizationStarted? Requested { get; init; }

    private bool Lives => Status is ConnectionStatus.Connected or ConnectionStatus.Unreachable or ConnectionStatus.ReauthRequired;

    public ConnectionModel After(ConnectionCommand command) => command switch
    {
        CreateConnection c when Status == ConnectionStatus.Absent
            || (Status == ConnectionStatus.Authorizing && Requested!.Name == c.Connection.Name) => this with
            {
                Status = ConnectionStatus.Connected,
                Name = c.Connection.Name,
                Version = 1,
                Entry = c.Connection.VaultEntry,
                Accounts = c.Connection.Fingerprints.ToHashSet()
            },
        FenceConnection when Status is ConnectionStatus.Absent or ConnectionStatus.Authorizing =>
            this with { Status = ConnectionStatus.Abandoned },
        StartAuthorization c when Status == ConnectionStatus.Absent && c.Authorization.Attempt != Requested?.Attempt =>
            this with { Status = ConnectionStatus.Authorizing, Name = c.Authorization.Name, Requested = c.Authorization },
        StartAuthorization c when (Lives || (Status == ConnectionStatus.Authorizing && c.Authorization.Name == Requested!.Name)) =>
            this with { Requested = c.Authorization },
        FailAuthorization c when Status == ConnectionStatus.Authorizing && c.Attempt == Requested!.Attempt =>
            this with { Status = ConnectionStatus.Absent, Name = "" },
        DeleteConnection when Status == ConnectionStatus.Authorizing => this with { Status = ConnectionStatus.Absent, Name = "" },
        _ when !Lives => this,
        RenameConnection c => this with { Name = c.Name },
        DeleteConnection => this with { Status = ConnectionStatus.Deleted },
        ReconnectConnection c when c.VaultEntry != Entry && Accounts.Overlaps(c.Fingerprints) => this with
        {
            Status = ConnectionStatus.Connected,
            Version = Version + 1,
            Entry = c.VaultEntry,
            Accounts = c.Fingerprints.ToHashSet()
        },
        RepairGrant c when c.CredentialVersion == Version && c.VaultEntry != Entry => this with
        {
            Status = ConnectionStatus.Connected,
            Version = Version + 1,
            Entry = c.VaultEntry
        },
        RequireReauth c when c.CredentialVersion == Version => this with { Status = ConnectionStatus.ReauthRequired },
        _ => this
    };

    /// <param name="first">This test was not reported before.</param>
    public ConnectionModel After(RecordTest test, bool first)
    {
        if (!Lives || !first || test.CredentialVersion < Version) return this;
        var dead = Status == ConnectionStatus.ReauthRequired;
        if (dead && !test.Requested) return this;
        var learned = test.Outcome == Outcome.Ok ? this with { Accounts = Accounts.Union(test.Fingerprints ?? []).ToHashSet() } : this;
        return test.Outcome switch
        {
            Outcome.Ok when dead => learned with { Status = ConnectionStatus.Connected, Version = Version + 1 },
            Outcome.Ok => learned with { Status = ConnectionStatus.Connected },
            _ when dead => this,
            var refused when refused == Outcome.ReauthRequired => this with { Status = ConnectionStatus.ReauthRequired },
            "unavailable" or "timeout" => this with { Status = ConnectionStatus.Unreachable },
            _ => this
        };
    }
}
