using System.Text.Json;
using Connections.Contracts;
using Connections.Domain;
using Connections.Domain.Connection;
using Connections.Operations.Connections;
using Hosts.Tests.Harness;
using Commands = Connections.Contracts;

namespace Hosts.Tests;

/// <summary>Every command gets a response, whatever happens in between and however often it is sent.</summary>
public abstract class AnsweredCommandContract(BrokerFixture? broker) : WorkersFixture(broker)
{
    [Fact]
    public async Task Each_delete_of_a_connection_with_a_pending_sign_in_gets_a_response()
    {
        var id = Guid.NewGuid();
        var started = new AuthorizationStarted(
            Guid.NewGuid(), ScriptedConnector.Id, "one", JsonSerializer.SerializeToElement(new { }), DateTimeOffset.MaxValue);
        await Streams.Handle(Workers.Context.Connection(id), new StartAuthorization(started), Workers.Context.Metadata, CancellationToken.None);
        var deleted = await Delete("first");
        Assert.Equal(("one", ScriptedConnector.Id, 0), (deleted.Name, deleted.Connector, deleted.CredentialVersion));
        Assert.Equal(deleted with { CorrelationId = "second" }, await Delete("second"));

        async Task<Commands.ConnectionDeleted> Delete(string correlation)
        {
            await Workers.Send(new Commands.DeleteConnection(Workers.Workspace, Guid.NewGuid(), id, correlation), "delete-connection");
            return await Workers.Hears<Commands.ConnectionDeleted>(m => m.CorrelationId == correlation, $"the {correlation} is answered");
        }
    }

    [Fact]
    public async Task A_delete_of_a_connection_whose_sign_in_never_started_is_rejected()
    {
        var (id, attempt, command) = (Guid.NewGuid(), Guid.NewGuid(), Guid.NewGuid());
        var started = new AuthorizationStarted(attempt, ScriptedConnector.Id, "one", JsonSerializer.SerializeToElement(new { }), DateTimeOffset.MaxValue);
        await Streams.Handle(Workers.Context.Connection(id), new StartAuthorization(started), Workers.Context.Metadata, CancellationToken.None);
        await Streams.Handle(Workers.Context.Connection(id), new FailAuthorization(attempt, "access_denied", "No."), Workers.Context.Metadata, CancellationToken.None);
        await Workers.Send(new Commands.DeleteConnection(Workers.Workspace, command, id), "delete-connection");
        Assert.Equal("connection.not-found", (await Refused(command)).Code);
    }

    [Fact]
    public async Task A_deletion_is_published_again_once_the_revocation_of_the_grant_is_known()
    {
        var id = await Workers.Connect("one");
        await Workers.Send(new Commands.DeleteConnection(Workers.Workspace, Guid.NewGuid(), id, "away"), "delete-connection");
        var first = await Workers.Hears<Commands.ConnectionDeleted>(m => m is { CorrelationId: "away", Revoked: null }, "it is deleted");
        var then = await Workers.Hears<Commands.ConnectionDeleted>(m => m.ConnectionId == id && m.Revoked is not null, "its secrets are destroyed");
        Assert.Equal(("notSupported", first.Version + 1, "away", "one"), (then.Revoked, then.Version, then.CorrelationId, then.Name));
    }

    [Fact]
    public async Task A_test_overtaken_by_a_reconnect_reports_the_new_credentials()
    {
        var id = await Workers.Connect("one");
        Meanwhile(() => Workers.Get<ChangeConnections>().Reconnect(
            Workers.Context, id, new NewCredentials(null, Workers.Credentials("one")), CancellationToken.None));
        await Workers.Send(new Commands.TestConnection(Workers.Workspace, Guid.NewGuid(), id, "tried"), "test-connection");
        var tested = await Workers.Hears<Commands.ConnectionTested>(m => m.CorrelationId == "tried", "the response arrives");
        Assert.Equal(("ok", 2), (tested.Outcome, tested.CredentialVersion));
    }

    [Fact]
    public async Task A_test_overtaken_by_a_delete_is_rejected()
    {
        var (id, command) = (await Workers.Connect("one"), Guid.NewGuid());
        Meanwhile(() => Workers.Get<ChangeConnections>().Delete(Workers.Context, id, CancellationToken.None));
        await Workers.Send(new Commands.TestConnection(Workers.Workspace, command, id), "test-connection");
        var refused = await Refused(command);
        Assert.Equal(("connection.deleted", ScriptedConnector.Id), (refused.Code, refused.Connector));
    }

    [Fact]
    public async Task A_repeated_create_is_recognized_however_its_name_is_typed_and_another_body_is_rejected()
    {
        var create = new Commands.CreateConnection(
            Workers.Workspace, Guid.NewGuid(), Guid.NewGuid(), ScriptedConnector.Id, "  Cafe\u0301 ", null, await Left(), "created");
        await Workers.Send(create, "create-connection");
        var created = await Workers.Hears<Commands.ConnectionCreated>(m => m.CorrelationId == "created", "created");
        await Workers.Send(create with { CorrelationId = "again" }, "create-connection");
        Assert.Equal(
            created with { CorrelationId = "again" }, await Workers.Hears<Commands.ConnectionCreated>(m => m.CorrelationId == "again", "answered again"));

        foreach (var other in new[] { create with { Name = "Tea" }, create with { RotateBy = DateTimeOffset.MaxValue } })
        {
            var command = other with { CommandId = Guid.NewGuid(), SecretReference = await Left() };
            await Workers.Send(command, "create-connection");
            Assert.Equal("connection.id-reused", (await Refused(command.CommandId)).Code);
        }
    }

    [Fact]
    public async Task A_reconnect_repeated_after_another_gets_its_first_response()
    {
        var id = await Workers.Connect("one");
        var first = new Commands.ReconnectConnection(Workers.Workspace, Guid.NewGuid(), id, await Left(), "first");
        await Workers.Send(first, "reconnect-connection");
        var reconnected = await Hears("first");
        await Workers.Send(new Commands.ReconnectConnection(Workers.Workspace, Guid.NewGuid(), id, await Left(), "second"), "reconnect-connection");
        await Hears("second");
        await Workers.Send(first with { CorrelationId = "late" }, "reconnect-connection");
        Assert.Equal(reconnected with { CorrelationId = "late" }, await Hears("late"));
        Assert.Equal(3, (await Workers.Connection(id)).CredentialVersion);

        Task<Commands.ConnectionReconnected> Hears(string correlation) =>
            Workers.Hears<Commands.ConnectionReconnected>(m => m.CorrelationId == correlation, $"the {correlation} is answered");
    }

    private ConnectionStreams Streams => Workers.Get<ConnectionStreams>();

    // Runs while the next attempt calls the provider, and not during the attempt that this causes.
    private void Meanwhile(Func<Task> happens) => Provider.Probing = async () =>
    {
        Provider.Probing = () => Task.CompletedTask;
        await happens();
    };

    private Task<CommandRefused> Refused(Guid command) => Workers.Hears<CommandRefused>(m => m.CommandId == command, "it is refused");

    private async Task<string> Left() => (await Workers.Get<Connections.Credentials.OneTime.IOneTimeSecrets>().Put(
        Workers.Workspace, Secret.From(Workers.Credentials("one")), CancellationToken.None)).Reference;
}
