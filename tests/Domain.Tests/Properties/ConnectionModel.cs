using Connections.Domain;

namespace Domain.Tests;

/// <summary>A connection as PROTOCOLS tells it, without events: what each command does to it.</summary>
internal sealed record ConnectionModel
{
    public ConnectionStatus Status { get; private init; } = ConnectionStatus.Absent;

    public string Name { get; private init; } = "";

    public int Version { get; private init; }

    public string Entry { get; private init; } = "";

    public IReadOnlySet<string> Accounts { get; private init; } = new HashSet<string>();

    private bool Lives => Status is ConnectionStatus.Connected or ConnectionStatus.Unreachable or ConnectionStatus.ReauthRequired;

    public ConnectionModel After(ConnectionCommand command) => command switch
    {
        CreateConnection c when Status == ConnectionStatus.Absent => this with
        {
            Status = ConnectionStatus.Connected,
            Name = c.Connection.Name,
            Version = 1,
            Entry = c.Connection.VaultEntry,
            Accounts = c.Connection.Fingerprints.ToHashSet()
        },
        FenceConnection when Status == ConnectionStatus.Absent => this with { Status = ConnectionStatus.Abandoned },
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
        RequireReauth c when c.CredentialVersion == Version => this with { Status = ConnectionStatus.ReauthRequired },
        _ => this
    };

    /// <param name="first">This try was not reported before.</param>
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
