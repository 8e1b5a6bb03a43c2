using System.Security.Authentication;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace Connections.Hosting.RabbitMq;

/// <summary>
/// Connects to the broker before anything starts. A broker that rejects the connection keeps the host from starting. For an unavailable
/// one, the check logs a warning and waits.
/// </summary>
internal sealed class BrokerCheck(
    Broker broker, TimeProvider clock, IHostApplicationLifetime lifetime, ILogger<BrokerCheck> log) : BackgroundService, IHostedLifecycleService
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);

    private readonly TaskCompletionSource available = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes once the broker has accepted a connection and has all exchanges.</summary>
    public Task Available => available.Task;

    /// <exception cref="HostSettingsException">The broker rejects the connection.</exception>
    public async Task StartingAsync(CancellationToken cancellationToken)
    {
        if (await TryConnect(cancellationToken)) available.SetResult();
    }

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (Available.IsCompleted) return;
        log.LogWarning("RabbitMQ is unavailable at {Broker}; the host waits for it, and handles no commands and messages until then", broker);
        try
        {
            while (!await TryConnect(stoppingToken)) await Task.Delay(Pause, clock, stoppingToken);
            log.LogInformation("RabbitMQ is available at {Broker}", broker);
            available.SetResult();
        }
        catch (HostSettingsException rejected)
        {
            log.LogCritical("{Rejection}", rejected.Message);
            Environment.ExitCode = 1;
            lifetime.StopApplication();
        }
    }

    private async Task<bool> TryConnect(CancellationToken ct)
    {
        try
        {
            await using var connection = await broker.Factory().CreateConnectionAsync(ct);
            // The client also opens a connection to a virtual host that does not exist. A channel shows whether the host exists.
            await using var channel = await connection.CreateChannelAsync(cancellationToken: ct);
            await TestPermissions(channel, ct);
            await DeclareExchanges(channel, ct);
            return true;
        }
        catch (Exception fault) when (fault is not OperationCanceledException || !ct.IsCancellationRequested)
        {
            for (var cause = fault; cause is not null; cause = cause.InnerException)
                if (Rejection(cause) is { } rejection) throw new HostSettingsException(rejection);
            return false;
        }
    }

    // Tests the permissions to configure, write and read, with a queue that the broker deletes with this connection.
    private static async Task TestPermissions(IChannel channel, CancellationToken ct)
    {
        var queue = await channel.QueueDeclareAsync(
            $"connections-check-{Guid.NewGuid():n}", durable: false, exclusive: true, autoDelete: true, cancellationToken: ct);
        await channel.QueueBindAsync(queue.QueueName, "amq.fanout", "", cancellationToken: ct);
    }

    // A subscriber may bind its queue before the first message, and a sender may send before the first worker has started.
    private static async Task DeclareExchanges(IChannel channel, CancellationToken ct)
    {
        foreach (var name in PublishedMessages.Exchanges.Concat(CommandQueues.All))
            await channel.ExchangeDeclareAsync(name, ExchangeType.Fanout, durable: true, cancellationToken: ct);
    }

    private string? Rejection(Exception cause) => cause switch
    {
        // PossibleAuthenticationFailureException is not listed: it means that the connection broke. RabbitMQ reports a rejection
        // explicitly.
        AuthenticationFailureException =>
            $"RabbitMQ at {broker.Host}:{broker.Port} rejects the user \"{broker.User}\" with this password: correct Bus:Connection.",
        OperationInterruptedException { ShutdownReason.ReplyCode: 530 } =>
            $"RabbitMQ at {broker.Host}:{broker.Port} denies the user \"{broker.User}\" access to the virtual host \"{broker.VirtualHost}\": "
            + "create it (rabbitmqctl add_vhost), grant the permissions (rabbitmqctl set_permissions), or correct Bus:Connection.",
        OperationInterruptedException { ShutdownReason: { ReplyCode: 403 } reason } =>
            $"RabbitMQ at {broker.Host}:{broker.Port} denies the user \"{broker.User}\" a permission that the service needs ({reason.ReplyText}): "
            + $"grant it all permissions in its virtual host (rabbitmqctl set_permissions -p {broker.VirtualHost} {broker.User} '.*' '.*' '.*').",
        AuthenticationException when broker.Tls =>
            $"{broker.Trust.Problem ?? "There is no TLS"} at RabbitMQ's {broker.Host}:{broker.Port}: set Bus:CaFile to the authority that issued its "
            + "certificate, connect by a name in the certificate, or use amqp:// and a port without TLS.",
        _ => null
    };
}
