using Connections.Connectors;
using Connections.Contracts;
using Connections.Domain;
using Connections.Domain.Activity;
using Connections.Domain.Connection;
using Hosts.Tests.Harness;
using Commands = Connections.Contracts;

namespace Hosts.Tests;

public abstract class ConnectionCommandContract(BrokerFixture? broker) : WorkersFixture(broker)
{
    [Fact]
    public async Task A_rename_gets_a_response_with_the_new_name()
    {
        var id = await Workers.Connect("one");
        await Workers.Send(new Commands.RenameConnection(Workers.Workspace, Guid.NewGuid(), id, "two"), "rename-connection");
        Assert.Equal("two", (await Workers.Hears<Commands.ConnectionRenamed>(m => m.ConnectionId == id, "renamed")).Name);
    }

    [Fact]
    public async Task A_rename_that_changes_nothing_gets_the_response_of_the_earlier_rename()
    {
        var id = await Workers.Connect("one");
        await Rename("one", "first");
        var made = await Hears("first");
        await Rename("two", "second");
        var renamed = await Hears("second");
        await Rename("two", "third");
        var again = await Hears("third");
        Assert.Equal(("one", 0L, "two", 1L), (made.Name, made.Version, renamed.Name, renamed.Version));
        Assert.Equal(renamed with { CorrelationId = "third" }, again);
        Assert.Equal("two", (await Workers.Connection(id)).Name);

        Task Rename(string name, string correlation) => Workers.Send(
            new Commands.RenameConnection(Workers.Workspace, Guid.NewGuid(), id, name, correlation), "rename-connection");

        Task<Commands.ConnectionRenamed> Hears(string correlation) =>
            Workers.Hears<Commands.ConnectionRenamed>(m => m.CorrelationId == correlation, $"the {correlation} is answered");
    }

    [Fact]
    public async Task A_delete_of_a_deleted_connection_gets_the_response_of_the_first_delete()
    {
        var id = await Workers.Connect("one");
        await Delete("first");
        var deleted = await Hears("first");
        await Delete("second");
        Assert.Equal(deleted with { CorrelationId = "second" }, await Hears("second"));

        Task Delete(string correlation) =>
            Workers.Send(new Commands.DeleteConnection(Workers.Workspace, Guid.NewGuid(), id, correlation), "delete-connection");

        Task<Commands.ConnectionDeleted> Hears(string correlation) =>
            Workers.Hears<Commands.ConnectionDeleted>(m => m.CorrelationId == correlation, $"the {correlation} is answered");
    }

    [Fact]
    public async Task A_repeated_create_and_a_repeated_reconnect_get_their_responses_again()
    {
        var id = Guid.NewGuid();
        var create = new Commands.CreateConnection(
            Workers.Workspace, Guid.NewGuid(), id, ScriptedConnector.Id, "one", null, await Left(), "created");
        await Workers.Send(create, "create-connection");
        var created = await Workers.Hears<Commands.ConnectionCreated>(m => m.CorrelationId == "created", "created");
        await Workers.Send(create with { CorrelationId = "again" }, "create-connection");
        var again = await Workers.Hears<Commands.ConnectionCreated>(m => m.CorrelationId == "again", "answered again");
        Assert.Equal(created with { CorrelationId = "again" }, again);

        var reconnect = new Commands.ReconnectConnection(Workers.Workspace, Guid.NewGuid(), id, await Left(), "reconnected");
        await Workers.Send(reconnect, "reconnect-connection");
        var reconnected = await Workers.Hears<Commands.ConnectionReconnected>(m => m.CorrelationId == "reconnected", "reconnected");
        await Workers.Send(reconnect with { CorrelationId = "again" }, "reconnect-connection");
        var answeredAgain = await Workers.Hears<Commands.ConnectionReconnected>(m => m.CorrelationId == "again", "answered again");
        Assert.Equal(reconnected with { CorrelationId = "again" }, answeredAgain);
        Assert.Equal(2, (await Workers.Connection(id)).CredentialVersion);
    }

    [Fact]
    public async Task A_create_and_a_reconnect_delivered_twice_at_once_get_two_responses_and_no_rejection()
    {
        var id = Guid.NewGuid();
        var create = new Commands.CreateConnection(Workers.Workspace, Guid.NewGuid(), id, ScriptedConnector.Id, "one", null, await Left(), "created");
        Workers.Get<HeldSecrets>().HoldFirst(create.CommandId);
        for (var n = 0; n < 2; n++) await Workers.Send(create, "create-connection");
        await TestServers.Until.Holds(() => Workers.Heard.OfType<Commands.ConnectionCreated>().Count == 2, "both responses arrive");

        var reconnect = new Commands.ReconnectConnection(Workers.Workspace, Guid.NewGuid(), id, await Left(), "reconnected");
        Workers.Get<HeldSecrets>().HoldFirst(reconnect.CommandId);
        for (var n = 0; n < 2; n++) await Workers.Send(reconnect, "reconnect-connection");
        await TestServers.Until.Holds(() => Workers.Heard.OfType<Commands.ConnectionReconnected>().Count == 2, "both responses arrive");

        Assert.Empty(Workers.Heard.OfType<CommandRefused>());
        Assert.Equal(2, (await Workers.Connection(id)).CredentialVersion);
    }

    [Fact]
    public async Task A_rename_to_a_taken_name_is_rejected()
    {
        var (id, _) = (await Workers.Connect("one"), await Workers.Connect("two"));
        var command = new Commands.RenameConnection(Workers.Workspace, Guid.NewGuid(), id, "TWO");
        await Workers.Send(command, "rename-connection");
        var refused = await Workers.Hears<CommandRefused>(m => m.CommandId == command.CommandId, "refused");
        Assert.Equal(("rename-connection", "connection.name-taken", id), (refused.Command, refused.Code, refused.ConnectionId));
        Assert.Equal("one", (await Workers.Connection(id)).Name);
    }

    [Fact]
    public async Task Each_test_gets_a_response_with_its_own_result()
    {
        var id = await Workers.Connect("one");
        await Workers.Send(new Commands.TestConnection(Workers.Workspace, Guid.NewGuid(), id), "test-connection");
        var first = await Workers.Hears<Commands.ConnectionTested>(m => m.ConnectionId == id, "tested");
        Assert.Equal(("ok", 1), (first.Outcome, first.CredentialVersion));

        Provider.ProbeFailure = new ConnectorResult.Failed(FailureKind.Unavailable, "Down.", Delivered.No);
        await Workers.Send(new Commands.TestConnection(Workers.Workspace, Guid.NewGuid(), id), "test-connection");
        var second = await Workers.Hears<Commands.ConnectionTested>(m => m.Version > first.Version, "tested again");
        Assert.Equal("unavailable", second.Outcome);
        Assert.Equal(ConnectionStatus.Unreachable, (await Workers.Connection(id)).Status);
    }

    [Fact]
    public async Task A_delete_gets_a_response_ends_activities_that_wait_by_id_and_destroys_the_secret()
    {
        var id = await Workers.Connect("one");
        Provider.Answer = _ => ScriptedConnector.Fails(FailureKind.ReauthRequired, Delivered.No);
        var waiting = await Workers.Send(Workers.Activity(id));
        await Workers.Reaches(waiting, ActivityStatus.Waiting);
        var entry = (await Workers.Connection(id)).Live!.VaultEntry;

        await Workers.Send(new Commands.DeleteConnection(Workers.Workspace, Guid.NewGuid(), id), "delete-connection");
        await Workers.Hears<Commands.ConnectionDeleted>(m => m.ConnectionId == id, "deleted");
        var finished = await Workers.Finished(waiting);
        Assert.Equal(("failed", "connectionDeleted"), (finished.Outcome, finished.Error!.Kind));
        await TestServers.Until.Holds(async () => (await Workers.Connection(id)).SecretsDestroyed, "the secret is destroyed");
        Assert.Null(await Workers.Get<Connections.Credentials.Vault.IVault>().Get(Workers.Context.Connection(id), entry, CancellationToken.None));
    }

    [Theory]
    [InlineData("test-connection")]
    [InlineData("rename-connection")]
    [InlineData("delete-connection")]
    public async Task A_command_for_an_unknown_connection_is_rejected(string exchange)
    {
        var (command, id) = (Guid.NewGuid(), Guid.NewGuid());
        await (exchange switch
        {
            "test-connection" => Workers.Send(new Commands.TestConnection(Workers.Workspace, command, id), exchange),
            "rename-connection" => Workers.Send(new Commands.RenameConnection(Workers.Workspace, command, id, "name"), exchange),
            _ => Workers.Send(new Commands.DeleteConnection(Workers.Workspace, command, id), exchange)
        });
        var refused = await Workers.Hears<CommandRefused>(m => m.CommandId == command, "refused");
        Assert.Equal((exchange, "connection.not-found"), (refused.Command, refused.Code));
    }

    [Fact]
    public async Task A_report_of_rejected_credentials_marks_the_connection_unless_they_were_replaced_since()
    {
        var id = await Workers.Connect("one");
        await Workers.Get<Connections.Operations.Connections.ChangeConnections>().Reconnect(Workers.Context, id, new Connections.Operations.Connections.NewCredentials(null, Workers.Credentials("one")), CancellationToken.None);
        await Report(1, "stale");
        await Report(2, "refused");
        var required = await Workers.Hears<Commands.ConnectionReauthRequired>(m => m.ConnectionId == id, "marked");
        Assert.Equal(("refused", 2), (required.Reason, required.CredentialVersion));
        await Report(2, "again");
        await Workers.Send(new Commands.RenameConnection(Workers.Workspace, Guid.NewGuid(), id, "two"), "rename-connection");
        await Workers.Hears<Commands.ConnectionRenamed>(m => m.ConnectionId == id, "renamed");
        Assert.Single(Workers.Heard.OfType<Commands.ConnectionReauthRequired>());

        Task Report(int version, string reason) =>
            Workers.Send(new Commands.RequireReauth(Workers.Workspace, id, version, reason), "require-reauth");
    }

    private async Task<string> Left() => (await Workers.Get<Connections.Credentials.OneTime.IOneTimeSecrets>().Put(
        Workers.Workspace, Secret.From(Workers.Credentials("one")), CancellationToken.None)).Reference;
}
