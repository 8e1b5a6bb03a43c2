using System.Security.Authentication;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace Connections.Hosting.RabbitMq;

/// <summary>Before anything starts: a broker that refuses us keeps the host from starting; one that is away is waited for, and said.</summary>
internal sealed class BrokerCheck(
    Broker broker, TimeProvider clock, IHostApplicationLifetime lifetime, ILogger<BrokerCheck> log) : BackgroundService, IHostedLifecycleService
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);

    private bool answered;

    /// <exception cref="HostSettingsException">The broker is there, and refuses us.</exception>
    public async Task StartingAsync(CancellationToken cancellationToken) => answered = await Answers(cancellationToken);

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (answered) return;
        log.LogWarning("RabbitMQ does not answer at {Broker}; it is waited for, and commands and messages wait with it", broker);
        try
        {
            while (!await Answers(stoppingToken)) await Task.Delay(Pause, clock, stoppingToken);
            log.LogInformation("RabbitMQ answers at {Broker}", broker);
        }
        catch (HostSettingsException refused)
        {
            log.LogCritical("{Refusal}", refused.Message);
            Environment.ExitCode = 1;
            lifetime.StopApplication();
        }
    }

    private async Task<bool> Answers(CancellationToken ct)
    {
        try
        {
            await using var connection = await broker.Factory().CreateConnectionAsync(ct);
            await using var channel = await connection.CreateChannelAsync(cancellationToken: ct); // the client opens a connection to no virtual host too
            await TryRights(channel, ct);
            return true;
        }
        catch (Exception fault) when (fault is not OperationCanceledException || !ct.IsCancellationRequested)
        {
            for (var cause = fault; cause is not null; cause = cause.InnerException)
                if (Refusal(cause) is { } refusal) throw new HostSettingsException(refusal);
            return false;
        }
    }

    // to configure, to write and to read, at a queue that goes with this connection
    private static async Task TryRights(IChannel channel, CancellationToken ct)
    {
        var queue = await channel.QueueDeclareAsync(
            $"connections-check-{Guid.NewGuid():n}", durable: false, exclusive: true, autoDelete: true, cancellationToken: ct);
        await channel.QueueBindAsync(queue.QueueName, "amq.fanout", "", cancellationToken: ct);
    }

    private string? Refusal(Exception cause) => cause switch
    {
        // what the client calls a possible refusal is a broker that went away in the midst: RabbitMQ says when it refuses
        AuthenticationFailureException =>
            $"RabbitMQ at {broker.Host}:{broker.Port} does not take the user \"{broker.User}\" with this password: correct Bus:Connection.",
        OperationInterruptedException { ShutdownReason.ReplyCode: 530 } =>
            $"RabbitMQ at {broker.Host}:{broker.Port} does not let the user \"{broker.User}\" into the virtual host \"{broker.VirtualHost}\": "
            + "make it (rabbitmqctl add_vhost), give the permissions (rabbitmqctl set_permissions), or correct Bus:Connection.",
        OperationInterruptedException { ShutdownReason: { ReplyCode: 403 } refused } =>
            $"RabbitMQ at {broker.Host}:{broker.Port} does not let the user \"{broker.User}\" do what the service does ({refused.ReplyText}): give it "
            + $"all rights in a virtual host of its own (rabbitmqctl set_permissions -p {broker.VirtualHost} {broker.User} '.*' '.*' '.*').",
        AuthenticationException when broker.Tls =>
            $"{broker.Trust.Problem ?? "There is no TLS"} at RabbitMQ's {broker.Host}:{broker.Port}: name the authority that issued its certificate with "
            + "Bus:CaFile, connect by a name that the certificate holds, or say amqp:// to a port without TLS.",
        _ => null
    };
}
