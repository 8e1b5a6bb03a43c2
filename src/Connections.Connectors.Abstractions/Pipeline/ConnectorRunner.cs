using System.Runtime.InteropServices;
using System.Text.Json;
using Connections.Connectors.Catalogue;
using Connections.Domain;
using Microsoft.Extensions.Logging;

namespace Connections.Connectors.Pipeline;

/// <summary>
/// The one place where connectors are called: time-out, retries, circuit, dead credentials, size of the answer. Answers, never throws.
/// </summary>
public sealed class ConnectorRunner(
    ConnectorCatalogue catalogue,
    ConnectionSlots slots,
    CredentialMemory signIns,
    HostCircuits circuits,
    OperatorFaults faults,
    TimeProvider clock,
    ILogger<ConnectorRunner> log)
{
    public const int OutputLimit = 192 * 1024;

    // for a connector to hear of the time-out, cancel at the provider and say what it knows
    public static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);

    private readonly ShortRetries retries = new(clock);

    /// <summary>A place for one activity of the connection; null when as many run as the connector allows: defer it as <c>busy</c>.</summary>
    public IDisposable? TryEnter(string connector, string workspace, Guid connection) =>
        slots.TryEnter(workspace, connection, catalogue.Find(connector)?.Entry.Concurrency ?? 1);

    /// <summary>How long calls to the connection's host pause, since it did not answer several times in a row; null while they do not.</summary>
    public TimeSpan? Pause(string connector, JsonElement settings) => circuits.Pause(catalogue.Find(connector)?.Target(settings));

    /// <summary>Runs an activity whose input was found valid.</summary>
    /// <param name="timeout">For the whole attempt, retries included.</param>
    /// <param name="ct">The caller gives up; what is known by then is still answered.</param>
    public async Task<ConnectorResult> Run(
        string connector, ConnectionUse use, string activity, JsonElement input, TimeSpan timeout, CancellationToken ct)
    {
        if (catalogue.Find(connector) is not { } known) return Unknown($"There is no connector \"{connector}\".");
        if (known.Entry.Activities.All(a => a.Id != activity)) return Unknown($"{known.Entry.Name} has no activity \"{activity}\".");
        using var limit = new CancellationTokenSource(timeout, clock);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, ct);
        var started = clock.GetTimestamp();
        var timed = use with { Timeout = timeout };
        using var hop = CallMeter.Begin(connector, activity, use);

        var result = await Guarded(use, timeout, () => retries.Run(
            attempt: () => circuits.Call(Target(known, use), () => Once(known, timed, activity, input, both.Token)),
            repeatable: () => known.Repeatable(activity, input, use.Settings),
            left: () => timeout - clock.GetElapsedTime(started),
            both.Token), ct);
        CallMeter.End(hop, connector, activity, result, clock.GetElapsedTime(started));
        faults.InActivities(connector, use.Workspace, result);
        return result;
    }

    /// <summary>Tries a connection. Not retried, and not held up by an open circuit: it is the probe that finds the host well again.</summary>
    /// <param name="byPerson">A person asks: credentials known to be dead get one try, and live again if it succeeds.</param>
    public async Task<ProbeResult> Probe(string connector, ConnectionUse use, TimeSpan timeout, bool byPerson, CancellationToken ct)
    {
        if (catalogue.Find(connector) is not { } known) return NotProbed(Unknown($"There is no connector \"{connector}\"."));
        using var limit = new CancellationTokenSource(timeout, clock);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, ct);
        ProbeResult? seen = null;
        var started = clock.GetTimestamp();
        using var hop = CallMeter.Begin(connector, CallMeter.Probe, use);
        var result = await Guarded(use, timeout, async () =>
        {
            var key = CredentialKey.From(use);
            using var turn = await signIns.Turn(key, both.Token);
            if (!byPerson && signIns.Dead(key) is { } dead) return dead;
            seen = await known.Probe(use with { Timeout = timeout }, both.Token);
            if (seen.Ok) signIns.Revive(key);
            Learn(key, seen.Failure, seen.Ok);
            if (seen.Ok) await circuits.Close(Target(known, use));
            return seen.Failure ?? (ConnectorResult)new ConnectorResult.Done(default);
        }, ct);
        CallMeter.End(hop, connector, CallMeter.Probe, result, clock.GetElapsedTime(started));
        return seen ?? NotProbed(result as ConnectorResult.Failed ?? Unknown("The connection could not be tried."));
    }

    /// <summary>The credentials may be tried again: their connection was mended elsewhere.</summary>
    public void Revive(string workspace, Guid connection, int credentialVersion) =>
        signIns.Revive(new CredentialKey(workspace, connection, credentialVersion));

    private async Task<ConnectorResult> Once(IConnector connector, ConnectionUse use, string activity, JsonElement input, CancellationToken ct)
    {
        var key = CredentialKey.From(use);
        if (signIns.Dead(key) is { } dead) return dead;
        using var turn = connector.GuardsSignIn || signIns.Proven(key) ? null : await Turn(key, ct);
        if (turn is not null && signIns.Dead(key) is { } since) return since;
        if (ct.IsCancellationRequested)
            return new ConnectorResult.Failed(FailureKind.Timeout, "The time was over before the call began.", Delivered.No);

        var result = await connector.Run(use, activity, input, ct);
        Learn(key, result as ConnectorResult.Failed, result is ConnectorResult.Done);
        return result is ConnectorResult.Done done && Size(done.Output) > OutputLimit
            ? new ConnectorResult.Failed(
                FailureKind.InvalidInput, $"The answer is larger than {OutputLimit / 1024} KB; ask for less.", Delivered.Yes, Answered: true)
            : result;
    }

    private async Task<IDisposable?> Turn(CredentialKey key, CancellationToken ct)
    {
        try
        {
            return await signIns.Turn(key, ct);
        }
        catch (OperationCanceledException)
        {
            return null; // nothing was sent yet, which the caller looks for next
        }
    }

    private void Learn(CredentialKey key, ConnectorResult.Failed? failure, bool ok)
    {
        if (ok) signIns.MarkProven(key);
        else if (failure is { Kind: FailureKind.ReauthRequired, Attempted: true }) signIns.MarkDead(key, failure);
    }

    private async Task<ConnectorResult> Guarded(
        ConnectionUse use, TimeSpan timeout, Func<Task<ConnectorResult>> work, CancellationToken given)
    {
        try
        {
            // not with the caller's token: who is cancelled still says what it knows
            return await work().WaitAsync(timeout + Grace, clock, CancellationToken.None);
        }
        catch (Exception e) when (e is TimeoutException or OperationCanceledException)
        {
            var why = given.IsCancellationRequested ? "The call was cancelled." : $"No answer within {timeout.TotalSeconds:0.#} s.";
            return new ConnectorResult.Failed(FailureKind.Timeout, why, Delivered.Maybe);
        }
        catch (Exception e)
        {
            // the exception's own text may quote what it was given
            log.LogError("Connector failed unexpectedly with {Exception} on connection {Connection}", e.GetType().Name, use.Id);
            return new ConnectorResult.Failed(
                FailureKind.Internal, $"The connector failed unexpectedly ({e.GetType().Name}).", Delivered.Maybe, Answered: true);
        }
    }

    private static string? Target(IConnector connector, ConnectionUse use) => connector.Target(use.Settings);

    private static int Size(JsonElement output) =>
        output.ValueKind == JsonValueKind.Undefined ? 0 : JsonMarshal.GetRawUtf8Value(output).Length;

    private static ConnectorResult.Failed Unknown(string message) => new(FailureKind.NotFound, message, Delivered.No, Attempted: false);

    private static ProbeResult NotProbed(ConnectorResult.Failed failure) => new([], null, [], failure);
}
