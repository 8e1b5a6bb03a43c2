using Connections.Domain;
using EventSourcing;

namespace Connections.Operations;

/// <summary>What the log says of one attempt to sign in.</summary>
/// <param name="Who">Who asked for it.</param>
/// <param name="Failure">Why it failed; null: it has not.</param>
/// <param name="Connected">What it brought; null: nothing.</param>
internal sealed record SignInAttempt(Who Who, string? Failure, BySignIn? Connected);

/// <param name="Again">The connection was there before.</param>
internal sealed record BySignIn(Account Account, IReadOnlyList<string>? Scopes, bool Again);

/// <summary>Reads them.</summary>
public sealed class SignInAttempts(IEventLog log)
{
    internal async Task<SignInAttempt> Read(SignInReference of, CancellationToken ct)
    {
        var attempt = new SignInAttempt(new Who(of.Workspace, "sign-in"), null, null);
        var (begun, received) = (false, false);
        foreach (var recorded in (await log.Read(ConnectionDecider.Stream(of.Workspace, of.Connection), ct)).Events)
        {
            var e = ConnectionDecider.Names.Read(recorded);
            if (e is AuthorizationStarted started) (begun, received) = (started.Attempt == of.Attempt, false);
            if (!begun) continue;
            received |= e is AuthorizationCodeReceived;
            attempt = e switch
            {
                AuthorizationStarted => attempt with { Who = Asked(of, recorded) },
                AuthorizationFailed failed when failed.Attempt == of.Attempt => attempt with { Failure = failed.Message },
                ConnectionCreated c when received => attempt with { Connected = attempt.Connected ?? new BySignIn(c.Account, c.Scopes, Again: false) },
                ConnectionReconnected r when received => attempt with { Connected = attempt.Connected ?? new BySignIn(r.Account, r.Scopes, Again: true) },
                _ => attempt
            };
        }

        return attempt;
    }

    private static Who Asked(SignInReference of, RecordedEvent start) =>
        new(of.Workspace, EventMetadata.Of(start).Actor, EventMetadata.Of(start).Correlation, start.Id.ToString());
}
