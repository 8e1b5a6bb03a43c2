using Connections.Credentials.Tokens;
using Connections.Domain;
using Connections.Domain.Token;

namespace Worker.Tests.Harness;

/// <summary>Providers that end sign-ins by limits of their own, and keep book of who was renewed when.</summary>
internal sealed class FakeProvider(TimeProvider clock) : IGrantProvider
{
    public static readonly TimeSpan Life = TimeSpan.FromHours(1);

    private readonly Dictionary<Guid, (DateTimeOffset SignedIn, DateTimeOffset Used)> grants = [];

    public List<(Guid Connection, DateTimeOffset At)> Renewals { get; } = [];

    /// <summary>Limits that these providers keep to, by connector; one that is not named has none.</summary>
    public Dictionary<string, GrantLifetime> Limits { get; } = [];

    public Grant SignIn(Guid connection)
    {
        grants[connection] = (clock.GetUtcNow(), clock.GetUtcNow());
        return Fresh();
    }

    public Task<RefreshResult> Refresh(GrantReference of, Grant grant, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var (signedIn, used) = grants[of.Connection];
        var limits = Limits.GetValueOrDefault(of.Connector, new GrantLifetime());
        if (now - used > limits.IdleLimit || now - signedIn > limits.AbsoluteLimit)
        {
            return Task.FromResult<RefreshResult>(
                new RefreshResult.Failed(FailureKind.ReauthRequired, "The provider answered invalid_grant.", Unsure: false));
        }

        grants[of.Connection] = (signedIn, now);
        Renewals.Add((of.Connection, now));
        return Task.FromResult<RefreshResult>(new RefreshResult.Granted(Fresh()));
    }

    public Task<bool?> Revoke(GrantReference of, Grant grant, CancellationToken ct) => Task.FromResult<bool?>(true);

    public bool SingleUse(string connector) => true;

    private Grant Fresh() => Grant.Create("access", "refresh", clock.GetUtcNow() + Life, Life, null);
}
