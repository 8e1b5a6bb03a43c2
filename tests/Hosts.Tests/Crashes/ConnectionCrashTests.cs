using Connections.Credentials.OneTime;
using Connections.Credentials.Vault;
using Connections.Domain;
using Connections.Operations.Connections;
using Connections.Worker.Consumers;
using Connections.Worker.Jobs;
using Connections.Worker.Reactors;
using EventSourcing;
using Hosts.Tests.Harness;
using TestServers;
using Commands = Connections.Contracts;

namespace Hosts.Tests.Crashes;

/// <summary>The process crashes during a command on a connection, and the command is sent again.</summary>
public sealed class ConnectionCrashTests
{
    private static readonly Guid Id = Guid.NewGuid();
    private static readonly Guid Other = Guid.NewGuid();
    private static readonly Guid Command = Guid.NewGuid();

    [Fact]
    public async Task A_create_results_in_one_connection_with_its_name_account_and_secret()
    {
        using var world = await CrashScenario.After(_ => Task.CompletedTask);
        var points = await CrashPoints.Each(world, p => p.Create(Id, "one", "a"), async p =>
        {
            Assert.Equal(Id, await p.Create(Id, "one", "a"));
            await IsCreated(p);
        });
        Assert.InRange(points, 20, 100);
    }

    [Fact]
    public async Task A_create_from_the_bus_results_in_one_connection_and_leaves_no_secret_behind()
    {
        var reference = "";
        using var world = await CrashScenario.After(async p => reference = await Leave(p, "secret"));
        var points = await CrashPoints.Each(world, Deliver, async p =>
        {
            await Deliver(p);
            await IsGone(p, reference);
            await IsCreated(p);
        });
        Assert.InRange(points, 25, 120);

        Task Deliver(SimulatedProcess p) => p.New<CreateConnectionConsumer>().Consume(Delivery.Create(
            new Commands.CreateConnection(Workers.Workspace, Command, Id, ScriptedConnector.Id, "one", null, reference)));
    }

    [Fact]
    public async Task A_reconnect_never_names_a_missing_secret_and_counts_once()
    {
        var reference = "";
        using var world = await CrashScenario.After(async p =>
        {
            await p.Create(Id, "one", "a");
            reference = await Leave(p, "new");
        });
        var points = await CrashPoints.Each(world, Deliver, async p =>
        {
            var version = (await p.Connection(Id)).CredentialVersion;
            Assert.Equal(version == 1 ? "secret" : "new", await p.Key(Id));
            await Deliver(p);
            Assert.Equal("new", await p.Key(Id));
            Assert.Equal(["connection-created", "connection-reconnected"], await p.ConnectionHistory(Id));
            Assert.Equal(2, (await p.Connection(Id)).CredentialVersion);
            await IsGone(p, reference);
            Assert.Equal(2, await Swept(p));
        });
        Assert.InRange(points, 20, 100);

        Task Deliver(SimulatedProcess p) =>
            p.New<ReconnectConnectionConsumer>().Consume(
                Delivery.Create(new Commands.ReconnectConnection(Workers.Workspace, Command, Id, reference)));
    }

    [Fact]
    public async Task A_rename_results_in_one_name_and_releases_the_old_one()
    {
        using var world = await CrashScenario.After(p => p.Create(Id, "one", "a"));
        var points = await CrashPoints.Each(world, Rename, async p =>
        {
            await Rename(p);
            Assert.Equal("two", (await p.Connection(Id)).Name);
            Assert.Equal(["connection-created", "connection-renamed"], await p.ConnectionHistory(Id));
            await IsRefused("connection.name-taken", () => p.Create(Other, "two", "b"));
            await GetsWithinAMinute(p, "one");
        });
        Assert.InRange(points, 10, 100);

        static Task Rename(SimulatedProcess p) => p.Get<ChangeConnections>().Rename(SimulatedProcess.Context, Id, "two", default);
    }

    [Fact]
    public async Task A_delete_finally_destroys_the_secret_and_releases_name_and_account()
    {
        var entry = "";
        using var world = await CrashScenario.After(async p =>
        {
            await p.Create(Id, "one", "a");
            entry = (await p.Connection(Id)).Live!.VaultEntry;
        });
        var points = await CrashPoints.Each(world, DeleteAndDestroy, async p =>
        {
            await Delete(p);
            await p.Follow();
            Assert.Equal(["connection-created", "connection-deleted", "connection-secrets-destroyed"], await p.ConnectionHistory(Id));
            Assert.Null(await p.Get<IVault>().Get(SimulatedProcess.Context.Connection(Id), entry, default));
            Assert.Equal(0, await Swept(p));
            await p.Create(Other, "one", "a");
        });
        Assert.InRange(points, 8, 100);

        static Task Delete(SimulatedProcess p) => p.Get<ChangeConnections>().Delete(SimulatedProcess.Context, Id, default);

        static async Task DeleteAndDestroy(SimulatedProcess p)
        {
            await Delete(p);
            await p.Get<SecretsDestruction>().Destroy(SimulatedProcess.Context.Connection(Id), SimulatedProcess.Context.Metadata, default);
        }
    }

    private static async Task IsCreated(SimulatedProcess p)
    {
        Assert.Equal(["connection-created"], await p.ConnectionHistory(Id));
        Assert.Equal("secret", await p.Key(Id));
        Assert.Equal(1, await Swept(p));
        Assert.Equal("secret", await p.Key(Id));
        await IsRefused("connection.name-taken", () => p.Create(Other, "one", "b"));
        await IsRefused("connection.account-taken", () => p.Create(Other, "two", "a"));
        await p.Get<ChangeConnections>().Delete(SimulatedProcess.Context, Id, default);
        await p.Create(Other, "one", "a");
    }

    private static async Task IsRefused(string code, Func<Task> work)
    {
        var refused = await Assert.ThrowsAsync<RejectedException>(work);
        Assert.Equal((code, (object)Id), (refused.Code, refused.Facts["connectionId"]));
    }

    /// <summary>The grace period after which an unconfirmed claim is released.</summary>
    private static async Task GetsWithinAMinute(SimulatedProcess p, string name)
    {
        try
        {
            await p.Create(Other, name, "b");
        }
        catch (RejectedException)
        {
            p.World.Clock.Advance(TimeSpan.FromMinutes(1));
            await p.Create(Other, name, "b");
        }

        Assert.Equal(name, (await p.Connection(Other)).Name);
    }

    private static async Task<string> Leave(SimulatedProcess p, string key) => (await p.Get<IOneTimeSecrets>().Put(
        Workers.Workspace, Secret.From(SimulatedProcess.Credentials("a", key)), default)).Reference;

    private static async Task IsGone(SimulatedProcess p, string reference)
    {
        var secrets = p.Get<IOneTimeSecrets>();
        var refused = await Assert.ThrowsAsync<RejectedException>(() => secrets.Take(Workers.Workspace, reference, Command, default));
        Assert.Equal("secret.not-found", refused.Code);
    }

    /// <summary>The number of entries of the connection after the sweep.</summary>
    private static async Task<int> Swept(SimulatedProcess p)
    {
        p.World.Clock.Advance(TimeSpan.FromHours(2));
        await p.New<RemoveOrphanedEntries>().Sweep(default);
        return (await p.Get<IVault>().PutBefore(p.World.Clock.GetUtcNow(), null, 100, default)).Count(e => e.Connection.Value == Id);
    }
}
