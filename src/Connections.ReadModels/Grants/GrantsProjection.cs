using System.Text.Json;
using Connections.Domain;
using Connections.Domain.Token;
using Dapper;
using EventSourcing;
using EventSourcing.Sql;
using EventSourcing.Sql.Loops;

namespace Connections.ReadModels.Grants;

/// <summary>
/// Sign-ins, by their expected end, the time of the next warning, and the time of the next refresh that keeps them alive.
/// </summary>
public sealed class GrantsProjection(IGrantLifetimes lifetimes) : IProjection
{
    public string Name => "grants";

    public IReadOnlyList<string> Prefixes { get; } = [ConnectionId.Category, TokenId.Category];

    public TimeSpan Pace => TimeSpan.FromMilliseconds(25);

    public Migrations Tables { get; } = new(
        "grants",
        """
        CREATE TABLE grants (
            workspace TEXT NOT NULL, id TEXT NOT NULL, expires_at BIGINT NULL, warn_at BIGINT NULL, warm_at BIGINT NULL,
            token_revision BIGINT NOT NULL, view TEXT NOT NULL, PRIMARY KEY (workspace, id));
        CREATE INDEX grants_warn ON grants (warn_at) WHERE warn_at IS NOT NULL;
        CREATE INDEX grants_warm ON grants (warm_at) WHERE warm_at IS NOT NULL;
        CREATE INDEX grants_long ON grants (workspace, id) WHERE token_revision >= 100;
        """,
        "CREATE INDEX grants_by_end ON grants (workspace, expires_at, id) WHERE expires_at IS NOT NULL");

    public async Task Apply(IReadOnlyList<RecordedEvent> events, SqlWrite write, CancellationToken ct)
    {
        var views = new Dictionary<ConnectionId, GrantView?>();
        foreach (var recorded in events)
        {
            var id = TokenId.IsStream(recorded.Stream) ? TokenId.Parse(recorded.Stream).Connection : ConnectionId.Parse(recorded.Stream);
            if (!views.TryGetValue(id, out var was)) was = await Load(id, write);
            views[id] = GrantView.Evolve(was, recorded);
        }

        await write.Execute(views.Values.OfType<GrantView>().Select(Save), ct);
    }

    private static async Task<GrantView?> Load(ConnectionId id, SqlWrite write) => GrantQueries.View(
        await write.Connection.ExecuteScalarAsync<string?>(
            "SELECT view FROM grants WHERE workspace = @Workspace AND id = @Id",
            new { id.Workspace, Id = id.Value.ToString() },
            write.Transaction));

    private SqlStatement Save(GrantView view)
    {
        var forecast = view.Forecast(lifetimes);
        return new SqlStatement(
            """
            INSERT INTO grants (workspace, id, expires_at, warn_at, warm_at, token_revision, view)
            VALUES (@Workspace, @Id, @ExpiresAt, @WarnAt, @WarmAt, @TokenRevision, @View)
            ON CONFLICT (workspace, id) DO UPDATE SET
                expires_at = excluded.expires_at, warn_at = excluded.warn_at, warm_at = excluded.warm_at,
                token_revision = excluded.token_revision, view = excluded.view
            """,
            new
            {
                view.Workspace,
                Id = view.Id.ToString(),
                ExpiresAt = forecast?.At.UtcTicks,
                WarnAt = forecast?.WarnAt(view.Warned)?.UtcTicks,
                WarmAt = view is { Alive: true, EndsAt: null, Connector: { } signedIn }
                    ? lifetimes.For(signedIn).KeepWarmAt(view.RenewedAt)?.UtcTicks
                    : null,
                view.TokenRevision,
                View = JsonSerializer.Serialize(view, EventTypes.Json)
            });
    }
}
