using System.Text.Json;
using Connections.Contracts;
using Connections.Credentials;
using Connections.Hosting;
using Connections.Operations;
using EventSourcing;
using MassTransit;

namespace Connections.Worker;

/// <summary>Makes a connection with credentials that were left for this command.</summary>
public sealed class CreateConnectionConsumer(
    CreateConnections connections, SecretDoor door, ConnectionMessages messages)
    : IConsumer<CreateConnection>
{
    public Task Consume(ConsumeContext<CreateConnection> context)
    {
        var (m, ct) = (context.Message, context.CancellationToken);
        var who = BusDoor.Who(context, m.Workspace, m.Actor, m.CorrelationId);
        var wanted = new NewConnection(m.ConnectionId, m.Connector, m.Name, m.Settings, null, SkipTest: false, m.RotateBy);
        return door.Answer(context, who, m.CommandId, "create-connection", m.ConnectionId, m.SecretReference, Again, credentials =>
            connections.Create(who, wanted with { Credentials = credentials }, ct));

        async Task<bool> Again()
        {
            if (!await connections.IsMade(who, wanted, ct)) return false;
            await context.TellAgain(await messages.Again<Domain.ConnectionCreated>(who, m.ConnectionId, ct), who.Correlation, ct);
            return true;
        }
    }
}

/// <summary>Mends a connection with credentials that were left for this command.</summary>
public sealed class ReconnectConnectionConsumer(
    ChangeConnections connections, SecretDoor door, ConnectionMessages messages)
    : IConsumer<ReconnectConnection>
{
    public Task Consume(ConsumeContext<ReconnectConnection> context)
    {
        var (m, ct) = (context.Message, context.CancellationToken);
        var who = BusDoor.Who(context, m.Workspace, m.Actor, m.CorrelationId);
        var entry = $"command-{m.CommandId:n}";
        return door.Answer(context, who, m.CommandId, "reconnect-connection", m.ConnectionId, m.SecretReference, Again, credentials =>
            connections.Reconnect(who, m.ConnectionId, new NewCredentials(null, credentials, m.RotateBy, entry), ct));

        async Task<bool> Again()
        {
            if (await messages.ReconnectedAgain(who, m.ConnectionId, entry, ct) is not { } mended) return false;
            await context.TellAgain(mended, who.Correlation, ct);
            return true;
        }
    }
}

/// <summary>
/// A command with credentials that were left for it. What it took is destroyed once it was answered, also by a refusal; while the world is broken
/// it stays the command's own.
/// </summary>
public sealed class SecretDoor(BusDoor door, IOneTimeSecrets secrets)
{
    /// <param name="again">Answers as before where the command was carried out already; else false.</param>
    public async Task Answer(
        ConsumeContext context, Who who, Guid command, string name, Guid connection, string? reference, Func<Task<bool>> again, Func<JsonElement, Task> work)
    {
        await door.Answer(context, who, command, name, connection, async () =>
        {
            if (await again() || await Taken() is not { } secret) return;
            using var document = JsonDocument.Parse(secret.Reveal());
            await work(document.RootElement);
        });
        await secrets.Ended(who.Workspace, command, CancellationToken.None);

        async Task<Domain.Secret?> Taken()
        {
            try
            {
                return await secrets.Take(who.Workspace, reference ?? "", command, CancellationToken.None);
            }
            catch (RejectedException)
            {
                // the same command, come twice at once, may have ended since we looked, and destroyed what it took
                if (await again()) return null;
                throw;
            }
        }
    }
}
