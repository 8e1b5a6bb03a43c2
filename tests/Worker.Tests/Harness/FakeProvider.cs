using Connections.Credentials.Tokens;
using Connections.Domain;
using Connections.Domain.Token;

namespace Worker.Tests.Harness;

/// <summary>Providers that expire sign-ins by their own limits, and record every renewal.</summary>
internal sealed class FakeProvider(TimeProvider clock) : IGrantProvider
{
    public static readonly TimeSpan Life = TimeSpan.FromHours(1);

    private readonly Dictionary<Guid, (DateTimeOffset SignedIn, DateTimeOffset Used)> grants = [];

    public List<(Guid Connection, DateTimeOffset At)> Renewals { get; } = [];

    /// <summary>The limits by connector. A connector that is not listed has none.</summary>
    public Dictionary<string, GrantLifetime> Limits { get; } = [];

    public Grant SignIn(Guid connection)
    {
        grants[connection] = (clock.GetUtcNow(), clock.GetUtcNow());
        return Fresh();
    }

    public Task<RefreshResult> Refresh(GrantReference of, Grant grant, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var (signedIn, used) = grants[of.Connection.Value];
        var limits = Limits.GetValueOrDefault(of.Connector, new GrantLifetime());
        if (now - used > limits.IdleLimit || now - signedIn > limits.AbsoluteLimit)
        {
            return Task.FromResult<RefreshResult>(
                new RefreshResult.Failed(FailureKind.ReauthRequired, "The provider answered invalid_grant.", Unsure: false));
        }

        grants[of.Connection.Value] = (signedIn, now);
        Renewals.Add((of.Connection.Value, now));
        return Task.FromResult<RefreshResult>(new RefreshResult.Granted(Fresh()));
    }

    public Task<bool?> Revoke(GrantReference of, Grant grant, CancellationToken ct) => Task.FromResult<bool?>(true);

    public bool SingleUse(string connector) => true;

    private Grant Fresh() => Grant.Create("access", "refresh", clock.GetUtcNow() + Life, Life, null);
}
