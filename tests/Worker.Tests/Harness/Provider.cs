using Connections.Credentials;
using Connections.Domain;

namespace Worker.Tests;

/// <summary>Providers that end sign-ins by limits of their own, and keep book of who was renewed when.</summary>
internal sealed class Provider(TimeProvider clock) : IGrantProvider
{
    public static readonly TimeSpan Life = TimeSpan.FromHours(1);

    private readonly Dictionary<Guid, (DateTimeOffset SignedIn, DateTimeOffset Used)> grants = [];

    public List<(Guid Connection, DateTimeOffset At)> Renewals { get; } = [];

    /// <summary>Limits that these providers keep to, by connector; one that is not named has none.</summary>
    public Dictionary<string, GrantLife> Limits { get; } = [];

    public Grant SignIn(Guid connection)
    {
        grants[connection] = (clock.GetUtcNow(), clock.GetUtcNow());
        return Fresh();
    }

    public Task<RefreshAnswer> Refresh(SignedIn of, Grant grant, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var (signedIn, used) = grants[of.Connection];
        var limits = Limits.GetValueOrDefault(of.Connector, new GrantLife());
        if (now - used > limits.IdleLimit || now - signedIn > limits.AbsoluteLimit)
        {
            return Task.FromResult<RefreshAnswer>(
                new RefreshAnswer.Failed(FailureKind.ReauthRequired, "The provider says invalid_grant.", Unsure: false));
        }

        grants[of.Connection] = (signedIn, now);
        Renewals.Add((of.Connection, now));
        return Task.FromResult<RefreshAnswer>(new RefreshAnswer.Granted(Fresh()));
    }

    public Task<bool?> Revoke(SignedIn of, Grant grant, CancellationToken ct) => Task.FromResult<bool?>(true);

    public bool SingleUse(string connector) => true;

    private Grant Fresh() => Grant.Of("access", "refresh", clock.GetUtcNow() + Life, Life, null);
}
