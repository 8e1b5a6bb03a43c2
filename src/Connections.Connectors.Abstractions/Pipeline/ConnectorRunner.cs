using System.Runtime.InteropServices;
using System.Text.Json;
using Connections.Connectors.Catalogue;
using Connections.Connectors.Masking;
using Connections.Domain;
using Microsoft.Extensions.Logging;

namespace Connections.Connectors.Pipeline;

/// <summary>
/// Makes all calls to connectors. Adds the timeout, retries, circuit breaker, check for rejected credentials and size limit. Never throws.
/// </summary>
public sealed class ConnectorRunner(
    ConnectorCatalogue catalogue,
    ConnectionSlots slots,
    CredentialMemory memory,
    HostCircuits circuits,
    OperatorFaults faults,
    TimeProvider clock,
    ILogger<ConnectorRunner> log)
{
    public const int OutputLimit = 192 * 1024;

    // Time for a connector to react to the timeout: cancel at the provider and return its result.
    public static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);

    private readonly ShortRetries retries = new(clock);
    private readonly RejectedCalls rejections = new(memory, clock);

    /// <summary>Takes a slot for one activity of the connection. Null if all slots are in use: defer the activity as <c>busy</c>.</summary>
    public IDisposable? TryEnter(string connector, string workspace, Guid connection) =>
        slots.TryEnter(workspace, connection, catalogue.Find(connector)?.Entry.Concurrency ?? 1);

    /// <summary>The version of the connector's definition; null for a connector in code.</summary>
    public string? Version(string connector) => catalogue.Find(connector)?.Entry.Version;

    /// <summary>How long calls to the host of an activity still pause after repeated failures; null if they do not pause.</summary>
    public TimeSpan? Pause(string connector, JsonElement settings, string activity) =>
        circuits.Pause(catalogue.Find(connector)?.Target(settings, activity));

    /// <summary>Runs an activity. The caller has validated its input.</summary>
    /// <param name="timeout">Limits the whole attempt, retries included.</param>
    /// <param name="ct">Cancels the call. The method still returns the connector's result.</param>
    /// <param name="testedSinceRejection">
    /// Called if the provider rejects the credentials: whether a test has accepted them since they were last reported as rejected. Another
    /// test then decides whether only this call is rejected. Null: no.
    /// </param>
    public async Task<ConnectorResult> Run(
        string connector, ConnectionUse use, string activity, JsonElement input, TimeSpan timeout, CancellationToken ct,
        Func<CancellationToken, Task<bool>>? testedSinceRejection = null)
    {
        if (catalogue.Find(connector) is not { } found) return Unknown($"There is no connector \"{connector}\".");
        if (found.Entry.Activities.All(a => a.Id != activity)) return Unknown($"{found.Entry.Name} has no activity \"{activity}\".");
        using var limit = new CancellationTokenSource(timeout, clock);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, ct);
        var started = clock.GetTimestamp();
        TimeSpan Left() => timeout - clock.GetElapsedTime(started);
        using var hop = CallMeter.Begin(connector, activity, use);

        var result = await Guarded(use, timeout, () => retries.Run(
            attempt: () => circuits.Call(
                found.Target(use.Settings, activity), () => Once(found, use, activity, input, Left, testedSinceRejection, both.Token)),
            repeatable: () => found.Repeatable(activity, input, use.Settings) || use.Stage is { Resumable: true },
            left: Left,
            both.Token), ct);
        CallMeter.End(hop, connector, activity, result, clock.GetElapsedTime(started));
        faults.RecordActivityResult(connector, use.Workspace, result);
        return result;
    }

    /// <summary>Tests a connection. Not retried, and not blocked by an open circuit: a successful probe closes the circuit.</summary>
    /// <param name="byPerson">
    /// True for a connection test by a person: tries rejected credentials once more and accepts them again on success.
    /// </param>
    public async Task<ProbeResult> Probe(string connector, ConnectionUse use, TimeSpan timeout, bool byPerson, CancellationToken ct)
    {
        if (catalogue.Find(connector) is not { } found) return NotProbed(Unknown($"There is no connector \"{connector}\"."));
        using var limit = new CancellationTokenSource(timeout, clock);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, ct);
        ProbeResult? probed = null;
        var started = clock.GetTimestamp();
        using var hop = CallMeter.Begin(connector, CallMeter.Probe, use);
        var result = await Guarded(use, timeout, async () =>
        {
            var key = CredentialKey.From(use);
            using var turn = await memory.Turn(key, both.Token);
            if (!byPerson && memory.Dead(key) is { } dead) return dead;
            var began = clock.GetTimestamp();
            probed = Masked(found, use, await found.Probe(use with { Timeout = timeout, Steps = MaskedProgress.For(found, use) }, both.Token));
            if (probed.Ok) memory.Revive(key);
            if (probed.Ok) memory.MarkTested(key, began);
            Remember(key, probed.Failure, probed.Ok);
            foreach (var target in probed.Ok ? Targets(found, use.Settings) : []) await circuits.Close(target);
            return probed.Failure ?? (ConnectorResult)new ConnectorResult.Done(default);
        }, ct);
        CallMeter.End(hop, connector, CallMeter.Probe, result, clock.GetElapsedTime(started));
        return probed ?? NotProbed(result as ConnectorResult.Failed ?? Unknown("The connection could not be tested."));
    }

    /// <summary>Allows the credentials again, because the connection was reconnected in another process.</summary>
    public void Revive(string workspace, Guid connection, int credentialVersion) =>
        memory.Revive(new CredentialKey(workspace, connection, credentialVersion));

    private async Task<ConnectorResult> Once(
        IConnector connector, ConnectionUse use, string activity, JsonElement input, Func<TimeSpan> left,
        Func<CancellationToken, Task<bool>>? testedSinceRejection, CancellationToken ct)
    {
        var key = CredentialKey.From(use);
        if (memory.Dead(key) is { } dead) return dead;
        using var turn = connector.GuardsSignIn || memory.Proven(key) ? null : await Turn(key, ct);
        if (turn is not null && memory.Dead(key) is { } deadNow) return deadNow;
        use = use with { Timeout = left() };
        if (ct.IsCancellationRequested || use.Timeout <= TimeSpan.Zero)
            return new ConnectorResult.Failed(FailureKind.Timeout, "The timeout passed before the call began.", Delivered.No);

        var result = Masked(connector, use, await connector.Run(use, activity, input, ct));
        if (result is ConnectorResult.Failed { Kind: FailureKind.ReauthRequired, Attempted: true } rejection
            && testedSinceRejection is not null && await testedSinceRejection(ct))
        {
            turn?.Dispose();
            result = await rejections.Judge(connector, use, rejection, ct);
        }

        Remember(key, result as ConnectorResult.Failed, result is not ConnectorResult.Failed);
        if (result is ConnectorResult.Pending && use.Stage?.Current is null) return Stageless;
        return result is ConnectorResult.Done done && Size(done.Output) > OutputLimit
            ? new ConnectorResult.Failed(
                FailureKind.InvalidInput, $"The response is larger than {OutputLimit / 1024} KB; request less.", Delivered.Yes, Answered: true)
            : result;
    }

    // Connectors that sign in with OAuth mask their tokens themselves.
    private static ConnectorResult Masked(IConnector connector, ConnectionUse use, ConnectorResult result) =>
        result is ConnectorResult.Failed failed && !connector.Entry.SignsIn(use.Settings) ? SecretMasking.Mask(failed, use.Credentials) : result;

    private static ProbeResult Masked(IConnector connector, ConnectionUse use, ProbeResult probed)
    {
        if (probed.Failure is null || connector.Entry.SignsIn(use.Settings)) return probed;
        var mask = SecretMask.From(use.Credentials);
        return probed with
        {
            Failure = SecretMasking.Mask(probed.Failure, mask),
            Steps = [.. probed.Steps.Select(s => s with { Message = mask.Mask(s.Message) })]
        };
    }

    private async Task<IDisposable?> Turn(CredentialKey key, CancellationToken ct)
    {
        try
        {
            return await memory.Turn(key, ct);
        }
        catch (OperationCanceledException)
        {
            return null; // nothing was sent; the caller checks for cancellation next
        }
    }

    private void Remember(CredentialKey key, ConnectorResult.Failed? failure, bool ok)
    {
        if (ok) memory.MarkProven(key);
        else if (failure is { Kind: FailureKind.ReauthRequired, Attempted: true }) memory.MarkDead(key, failure);
    }

    private async Task<ConnectorResult> Guarded(
        ConnectionUse use, TimeSpan timeout, Func<Task<ConnectorResult>> work, CancellationToken caller)
    {
        try
        {
            // Do not pass the caller's token: a cancelled call still reports its result.
            return await work().WaitAsync(timeout + Grace, clock, CancellationToken.None);
        }
        catch (Exception e) when (e is TimeoutException or OperationCanceledException)
        {
            var why = caller.IsCancellationRequested ? "The call was cancelled." : $"No answer within {timeout.TotalSeconds:0.#} s.";
            return new ConnectorResult.Failed(FailureKind.Timeout, why, Delivered.Maybe);
        }
        catch (Exception e)
        {
            // The exception's message may quote the input.
            log.LogError("Connector failed unexpectedly with {Exception} on connection {Connection}", e.GetType().Name, use.Id);
            return new ConnectorResult.Failed(
                FailureKind.Internal, $"The connector failed unexpectedly ({e.GetType().Name}).", Delivered.Maybe, Answered: true);
        }
    }

    private static IEnumerable<string?> Targets(IConnector connector, JsonElement settings) =>
        connector.Entry.Activities.Select(a => connector.Target(settings, a.Id)).Distinct();

    private static int Size(JsonElement output) =>
        output.ValueKind == JsonValueKind.Undefined ? 0 : JsonMarshal.GetRawUtf8Value(output).Length;

    // A later attempt would begin the job again.
    private static readonly ConnectorResult.Failed Stageless = new(
        FailureKind.Internal, "The connector stored no stage from which its job can go on.", Delivered.Maybe, Answered: true);

    private static ConnectorResult.Failed Unknown(string message) => new(FailureKind.NotFound, message, Delivered.No, Attempted: false);

    private static ProbeResult NotProbed(ConnectorResult.Failed failure) => new([], null, [], failure);
}
