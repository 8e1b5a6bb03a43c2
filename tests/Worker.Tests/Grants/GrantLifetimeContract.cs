using Connections.Domain;
using Connections.Domain.Connection;
using Connections.Domain.Token;
using Connections.Worker.Jobs;
using Connections.Worker.Reactors;
using EventSourcing;
using EventSourcing.Sql;
using EventSourcing.Sql.Loops;
using Worker.Tests.Harness;

namespace Worker.Tests.Grants;

/// <summary>The jobs that keep sign-ins alive and warn of those that expire.</summary>
public abstract class GrantLifetimeContract(RowStore store) : IAsyncLifetime
{
    private static readonly TimeSpan Quarter = TimeSpan.FromHours(6);

    private GrantScenario room = null!;

    public async ValueTask InitializeAsync()
    {
        room = await GrantScenario.Open(store);
        room.Limit("sliding", new GrantLifetime(IdleLimit: TimeSpan.FromDays(90)));
        room.Limit("restless", new GrantLifetime(IdleLimit: TimeSpan.FromDays(10)));
        room.Limit("fixed", new GrantLifetime(AbsoluteLimit: TimeSpan.FromDays(30)));
    }

    public ValueTask DisposeAsync() => room.DisposeAsync();

    [Fact]
    public async Task In_200_days_each_warning_comes_once_on_its_day_and_only_expired_grants_are_marked()
    {
        string[] connectors = ["sliding", "restless", "fixed", "unknown"];
        var begun = room.Clock.GetUtcNow();
        var all = new List<(Guid Id, string Connector)>();
        for (var i = 0; i < 200; i++) all.Add((await room.SignedIn($"c{i}", connectors[i % 4]), connectors[i % 4]));

        for (var quarter = 1; quarter <= 200 * 4; quarter++)
        {
            room.Clock.Advance(Quarter);
            await room.Hour();
            if (quarter % 4 != 0) continue;
            await room.Day();
            foreach (var (id, connector) in all.Where(c => c.Connector == "fixed")) await room.Use(id, connector);
            await room.React();
        }

        foreach (var (id, connector) in all)
        {
            var history = await room.History(id);
            var warned = history.Select(h => h.Event).OfType<ConnectionExpiring>().Select(w => (w.DaysLeft, w.Basis));
            var days = history.Where(h => h.Event is ConnectionExpiring).Select(h => (h.Recorded.At - begun).TotalDays);
            var marked = history.Where(h => h.Event is ConnectionReauthRequired).Select(h => (h.Recorded.At - begun).TotalDays);
            switch (connector)
            {
                case "fixed":
                    Assert.Equal([(14, "absolute"), (7, "absolute"), (1, "absolute")], warned);
                    Assert.Equal([16, 23, 29], days);
                    Assert.Equal([31], marked); // used daily, so marked on the first day after its expiry
                    break;
                case "unknown":
                    Assert.Equal([(14, "assumed"), (7, "assumed"), (1, "assumed")], warned);
                    Assert.Equal([76, 83, 89], days);
                    Assert.Empty(marked); // a forecast only warns
                    break;
                default:
                    Assert.Empty(warned);
                    Assert.Empty(marked);
                    break;
            }
        }

        foreach (var (id, _) in all.Where(c => c.Connector is "sliding" or "restless"))
        {
            var used = room.Provider.Renewals.Where(r => r.Connection == id).Select(r => r.At).Prepend(begun).ToArray();
            Assert.InRange(used.Length, 200 / 7, 200 / 4);
            Assert.All(used.Zip(used.Skip(1), (a, b) => b - a), gap => Assert.InRange(gap, TimeSpan.FromDays(4), TimeSpan.FromDays(7)));
        }
    }

    [Fact]
    public async Task A_warning_uses_the_current_expiry_even_if_the_rows_lag()
    {
        var id = await room.SignedIn("Mail", "unknown");
        await room.Rows.Follow();
        room.Clock.Advance(TimeSpan.FromDays(80));
        Assert.Single(await room.Grants.DueForWarning(room.Clock.GetUtcNow(), 10, default));
        await room.Use(id, "unknown"); // not in the read model yet
        var warnings = new Connections.Operations.Grants.GrantWarnings(room.Log, new ConnectionStreams(room.Log), room, room.Clock);
        await warnings.Warn(new ConnectionId(EventWriter.Workspace, id), new EventMetadata(EventWriter.Workspace, "test"), default);
        Assert.DoesNotContain(await room.History(id), h => h.Event is ConnectionExpiring);
    }

    [Fact]
    public async Task A_grant_that_cannot_be_read_does_not_hold_up_the_others()
    {
        var (broken, other) = (await room.SignedIn("A", "unknown"), await room.SignedIn("B", "unknown"));
        await room.Rows.Follow();
        var unknown = new NewEvent(Guid.NewGuid(), "token-of-tomorrow", "{}"u8.ToArray(), "{}"u8.ToArray());
        await room.Log.Append(new TokenId(EventWriter.Workspace, broken).Stream, Revision.NoStream, [unknown], default);
        room.Clock.Advance(TimeSpan.FromDays(80));
        await room.Warn();
        Assert.DoesNotContain(await room.History(broken), h => h.Event is ConnectionExpiring);
        Assert.Single(await room.History(other), h => h.Event is ConnectionExpiring);
    }

    [Fact]
    public async Task Dead_and_deleted_connections_get_no_warning_or_renewal_and_a_new_sign_in_starts_over()
    {
        var (dead, deleted) = (await room.SignedIn("A", "sliding"), await room.SignedIn("B", "sliding"));
        var reconnected = await room.SignedIn("C", "sliding");
        await room.Story.Connection(dead, new ConnectionReauthRequired("no", 1));
        await room.Story.Connection(deleted, new ConnectionDeleted());
        room.Clock.Advance(TimeSpan.FromDays(89));
        await room.Story.Connection(reconnected, EventWriter.Reconnected(2) with { Scopes = ["mail"] });
        await room.Rows.Follow();
        Assert.Empty(await room.Grants.DueForWarning(room.Clock.GetUtcNow(), 10, default));
        Assert.Empty(await room.Grants.DueForWarmth(room.Clock.GetUtcNow(), 10, default));
        room.Clock.Advance(TimeSpan.FromDays(5));
        var due = Assert.Single(await room.Grants.DueForWarmth(room.Clock.GetUtcNow(), 10, default));
        Assert.Equal((reconnected, 2, 0), (due.Id, due.CredentialVersion, due.TokenVersion));
    }

    [Fact]
    public async Task A_grant_that_cannot_be_renewed_expires_with_its_token()
    {
        var begun = room.Clock.GetUtcNow();
        var (months, hour, again) = (Guid.NewGuid(), Guid.NewGuid(), Guid.NewGuid());
        await room.Story.Connection(months, EventWriter.Created("A", "sliding") with { Scopes = ["mail"], EndsAt = begun.AddDays(60) });
        await room.Story.Connection(hour, EventWriter.Created("B", "sliding") with { Scopes = ["mail"], EndsAt = begun.AddHours(1) });
        await room.Story.Connection(again, EventWriter.Created("C", "fixed") with { Scopes = ["mail"], EndsAt = begun.AddHours(1) });
        await room.Story.Connection(again, EventWriter.Reconnected(2) with { Scopes = ["mail"] });
        for (var day = 1; day <= 47; day++)
        {
            room.Clock.Advance(TimeSpan.FromDays(1));
            await room.Hour();
            await room.Day();
        }

        var warned = Assert.Single((await room.History(months)).Select(h => h.Event).OfType<ConnectionExpiring>());
        Assert.Equal((begun.AddDays(60), "token", 14), (warned.ExpiresAt, warned.Basis, warned.DaysLeft));
        Assert.Single(await room.History(hour)); // the token expires too soon for a warning
        Assert.Equal("absolute", (await room.History(again)).Select(h => h.Event).OfType<ConnectionExpiring>().First().Basis);
        Assert.Empty(room.Provider.Renewals); // and nothing to renew
    }

    [Fact]
    public async Task A_repaired_sign_in_keeps_the_limits_of_the_first_sign_in()
    {
        var (renewed, rescued) = (await room.SignedIn("A", "fixed"), await room.SignedIn("B", "fixed"));
        room.Clock.Advance(TimeSpan.FromDays(10));
        await room.Story.Tokens(renewed, new TokenRefreshStarted(1, 1, "t-1"), new TokenRefreshed(1, 1, "t-1", room.Clock.GetUtcNow(), true));
        await room.Story.Tokens(rescued, new TokenRefreshStarted(1, 1, "t-1"), new TokenRefreshUnknown(1, 1));
        foreach (var id in new[] { renewed, rescued })
        {
            await room.Story.Connection(
                id, new ConnectionReauthRequired("no", 1), EventWriter.Reconnected(2) with { VaultEntry = "t-1", Scopes = ["mail"], SameGrant = true });
        }

        await room.Rows.Follow();
        room.Clock.Advance(TimeSpan.FromDays(6));
        var due = await room.Grants.DueForWarning(room.Clock.GetUtcNow(), 10, default);
        Assert.Equal(new[] { renewed, rescued }.Order(), due.Select(g => g.Id).Order());
        Assert.All(due, g => Assert.Equal((2, 0, "t-1"), (g.CredentialVersion, g.TokenVersion, g.VaultEntry)));
    }

    [Fact]
    public async Task Typed_credentials_are_not_a_sign_in()
    {
        await room.Story.Connected("Shop");
        await room.Rows.Follow();
        Assert.Equal(0, await room.Rows.Value<int>("SELECT COUNT(*) FROM grants"));
    }

    [Fact]
    public async Task Typed_credentials_with_a_rotation_date_get_warnings_and_new_ones_start_over()
    {
        var begun = room.Clock.GetUtcNow();
        var created = EventWriter.Created("Shop") with { RotateBy = begun.AddDays(30) };
        var (left, changed) = (Guid.NewGuid(), Guid.NewGuid());
        await room.Story.Connection(left, created);
        await room.Story.Connection(changed, EventWriter.Created("Stock"), EventWriter.Reconnected(2) with { RotateBy = begun.AddDays(30) });
        for (var day = 1; day <= 60; day++)
        {
            room.Clock.Advance(TimeSpan.FromDays(1));
            if (day == 20) await room.Story.Connection(changed, EventWriter.Reconnected(3));
            await room.Hour();
            await room.Day();
        }

        Assert.Equal([(16, 14), (23, 7), (29, 1)], await Warnings(left));
        Assert.Equal([(16, 14)], await Warnings(changed));
        Assert.Empty(room.Provider.Renewals); // there is nothing to renew
        Assert.DoesNotContain(await room.History(left), h => h.Event is ConnectionReauthRequired);

        async Task<IEnumerable<(double Day, int DaysLeft)>> Warnings(Guid id) => (await room.History(id))
            .Where(h => h.Event is ConnectionExpiring { Basis: "rotateBy" })
            .Select(h => ((h.Recorded.At - begun).TotalDays, ((ConnectionExpiring)h.Event).DaysLeft));
    }

    [Fact]
    public async Task Token_streams_keep_their_last_hundred_events_and_the_newest_token_is_still_found()
    {
        var id = await room.SignedIn("Mail", "unknown");
        await room.Story.Tokens(id, new TokenRefreshStarted(1, 1, "t-1"), new TokenRefreshed(1, 1, "t-1", room.Clock.GetUtcNow(), true));
        for (var failed = 0; failed < 80; failed++) // a long outage: the last successful refresh is far back
        {
            await room.Story.Tokens(
                id, new TokenRefreshStarted(1, 2, $"t-{failed + 2}", "t-1"), new TokenRefreshRefused(1, 2, FailureKind.Unavailable, "Down."));
        }

        await room.Rows.Follow();
        await Shorten();
        await Shorten();

        var tokens = new TokenId(EventWriter.Workspace, id);
        Assert.Equal(ShortenTokenStreams.Kept, (await room.Log.Read(tokens.Stream, default)).Events.Count);
        var state = (await new TokenStreams(room.Log).Load(tokens, default)).State;
        Assert.Equal(("t-1", 1), (state.Entry, state.TokenVersion));
    }

    [Fact]
    public async Task Events_that_a_reader_has_not_passed_are_kept()
    {
        var id = await room.SignedIn("Mail", "unknown");
        for (var n = 1; n <= 60; n++)
        {
            await room.Story.Tokens(
                id, new TokenRefreshStarted(1, n, $"t-{n}"), new TokenRefreshed(1, n, $"t-{n}", room.Clock.GetUtcNow(), true));
        }

        await room.Rows.Follow();
        await using (var write = await room.Rows.Database.Sql.BeginWrite(default))
        {
            Assert.True(await Checkpoints.Move(write, "slow-reader", 0, 1, default));
            await write.Commit(default);
        }

        await Shorten();
        Assert.Equal(120, (await room.Log.Read(new TokenId(EventWriter.Workspace, id).Stream, default)).Events.Count);
    }

    [Fact]
    public async Task A_rejected_or_lost_refresh_marks_the_connection_once_and_any_other_failure_does_not()
    {
        var (refused, lost, down) = (await room.SignedIn("A", "x"), await room.SignedIn("B", "x"), await room.SignedIn("C", "x"));
        var started = new TokenRefreshStarted(1, 1, "t");
        await room.Story.Tokens(refused, started, new TokenRefreshRefused(1, 1, FailureKind.ReauthRequired, "invalid_grant"));
        await room.Story.Tokens(lost, started, new TokenRefreshUnknown(1, 1));
        await room.Story.Tokens(down, started, new TokenRefreshRefused(1, 1, FailureKind.Operator, "invalid_client"));
        await room.React();
        var again = await room.Log.Read(new TokenId(EventWriter.Workspace, lost).Stream, default);
        await new MarkDeadGrants(new ConnectionStreams(room.Log)).React(again.Events, default);
        Assert.Equal(["invalid_grant"], await Reasons(refused));
        Assert.Equal([TokenDecider.Unknown], await Reasons(lost));
        Assert.Single(await room.History(down));
    }

    private async Task<IEnumerable<string>> Reasons(Guid id) =>
        (await room.History(id)).Select(h => h.Event).OfType<ConnectionReauthRequired>().Select(r => r.Reason);

    private Task Shorten()
    {
        var slowest = new SlowestReader(room.Rows.Database, new ServiceDatabase(room.Rows.Database.Sql), new LoopHealth(room.Clock));
        return new ShortenTokenStreams(room.Grants, slowest, room.Log).Shorten(default);
    }
}
