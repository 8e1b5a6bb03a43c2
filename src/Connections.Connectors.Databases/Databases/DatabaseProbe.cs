using Connections.Connectors.Pipeline;
using Connections.Domain;

namespace Connections.Connectors.Databases;

/// <summary>Signs in once, outside the pool, and identifies the user and the server.</summary>
internal sealed class DatabaseProbe<TSession>(IDatabaseDriver<TSession> driver, TimeProvider clock) where TSession : DatabaseSession
{
    public async Task<ProbeResult> Run(ConnectionUse use, DatabaseSettings settings, AccountIdentity typed, CancellationToken ct)
    {
        var steps = new ProbeSteps(clock, use.Steps);
        var opening = await driver.Open(settings, use.Credentials, steps, ct);
        if (opening.Failure is { } failure) return Failed(steps, failure, use.Credentials);

        var session = opening.Session!;
        using var limit = session.Limit(ct);
        try
        {
            var (user, server) = await driver.Identify(session, limit.Token);
            var display = settings.Display(user);
            steps.Ok("identify", display);
            return server is null
                ? new ProbeResult(steps.Taken, new Account(null, display, "address"), [typed], null)
                : new ProbeResult(steps.Taken, new Account(server, display, "server"), [new AccountIdentity("server", server), typed], null);
        }
        catch (Exception e) when (e is not OutOfMemoryException) // a foreign server can make a driver fail in any way
        {
            session.Spoilt = true;
            return Failed(steps, steps.Fail("identify", ToFailure(e, ct)), use.Credentials);
        }
        finally
        {
            _ = session.DisposeAsync().AsTask(); // the result does not wait until the server answers to the goodbye
        }
    }

    private ConnectorResult.Failed ToFailure(Exception e, CancellationToken ct) => driver.ToFailure(e) ?? (ct.IsCancellationRequested
        ? new ConnectorResult.Failed(FailureKind.Timeout, "The server did not answer in time after signing in.", Delivered.No)
        : new ConnectorResult.Failed(FailureKind.Unavailable, "The connection broke after signing in.", Delivered.No));

    private static ProbeResult Failed(ProbeSteps steps, ConnectorResult.Failed failure, Secret credentials)
    {
        var masked = SecretMasking.Mask(failure, credentials);
        var maskedSteps = steps.Taken.Select(s => s.Message == failure.Message ? s with { Message = masked.Message } : s).ToList();
        return new ProbeResult(maskedSteps, null, [], masked);
    }
}
