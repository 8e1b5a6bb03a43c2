using Connections.Credentials.Vault;
using Connections.Domain;
using Connections.Domain.Activity;
using Connections.Domain.Connection;
using Connections.Operations.Activities;
using Connections.Operations.Connections;
using Dapper;
using EventSourcing;
using Hosts.Tests.Harness;

namespace Hosts.Tests;

/// <summary>Stored data that does not open any more is reported, and holds nothing up.</summary>
public sealed class UnreadableStoreTests() : WorkersFixture(broker: null)
{
    private const string Swap =
        """
        UPDATE vault_entries SET box =
            (SELECT other.box FROM vault_entries AS other WHERE other.connection <> vault_entries.connection)
        """;

    [Theory]
    [InlineData(Swap)]
    [InlineData("UPDATE vault_entries SET box = zeroblob(60)")]
    [InlineData("UPDATE vault_entries SET box = zeroblob(3)")]
    public async Task An_activity_over_credentials_that_do_not_open_waits_for_a_reconnect_and_then_runs(string change)
    {
        var connection = await Workers.Connect("one");
        await Workers.Connect("two");
        await Change(change);
        var activity = await Workers.Send(Workers.Activity(connection, "the input"));
        await Workers.Reaches(activity, ActivityStatus.Waiting);
        await Workers.Shows(connection, ConnectionStatus.ReauthRequired);
        Assert.Empty(Provider.Calls);

        Provider.Answer = value => Task.FromResult(ScriptedConnector.Done(value));
        await Workers.Get<ChangeConnections>().Reconnect(
            Workers.Context, connection, new NewCredentials(null, Workers.Credentials("one")), CancellationToken.None);
        Assert.Equal("succeeded", (await Workers.Finished(activity)).Outcome);
    }

    [Fact]
    public async Task A_test_of_credentials_that_do_not_open_requires_a_reconnect()
    {
        var connection = await Workers.Connect("one");
        await Workers.Connect("two");
        await Change(Swap);
        var refused = await Assert.ThrowsAsync<RejectedException>(
            () => Workers.Get<TestConnections>().Test(Workers.Context, connection, CancellationToken.None));
        Assert.Equal("connection.credentials-rejected", refused.Code);
        Assert.Equal(ConnectionStatus.ReauthRequired, (await Workers.Connection(connection)).Status);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_activity_whose_input_does_not_open_fails_and_is_not_run(bool plain)
    {
        var connection = await Workers.Connect("one");
        var (seals, id) = (Workers.Get<ActivitySeals>(), Guid.NewGuid());
        var another = new ActivityId(Workers.Workspace, Guid.NewGuid());
        var input = plain ? """{"value":"x"}""" : await seals.SealInput(another, Workers.Credentials("one"), CancellationToken.None);
        var deadline = TimeProvider.System.GetUtcNow().AddDays(1);
        var request = new ActivityRequested(
            connection, ScriptedConnector.Id, null, "read", input, "hash", deadline, 60, OnReauth.Wait, null, Via.Http);
        await Workers.Get<ActivityStreams>().Handle(
            new ActivityId(Workers.Workspace, id), new RequestActivity(request), Workers.Context.Metadata, CancellationToken.None);

        var finished = await Workers.Finished(id);
        Assert.Equal(("failed", "internal"), (finished.Outcome, finished.Error!.Kind));
        Assert.StartsWith("The input cannot be decrypted.", finished.Error.Message, StringComparison.Ordinal);
        Assert.Empty(Provider.Calls);
    }

    private async Task Change(string sql)
    {
        await using var write = await Workers.Get<VaultDatabase>().Sql.BeginWrite(CancellationToken.None);
        Assert.NotEqual(0, await write.Connection.ExecuteAsync(sql, transaction: write.Transaction));
        await write.Commit(CancellationToken.None);
    }
}
