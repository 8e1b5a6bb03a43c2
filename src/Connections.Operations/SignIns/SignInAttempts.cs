using Connections.Domain;
using Connections.Domain.Connection;
using EventSourcing;

namespace Connections.Operations.SignIns;

/// <summary>What the log says of one attempt to sign in.</summary>
/// <param name="Context">Who asked for it.</param>
/// <param name="Failure">Why it failed; null: it has not.</param>
/// <param name="Connected">What it brought; null: nothing.</param>
internal sealed record SignInAttempt(RequestContext Context, string? Failure, SignInConnection? Connected);

/// <param name="Reconnected">The connection was there before.</param>
internal sealed record SignInConnection(Account Account, IReadOnlyList<string>? Scopes, bool Reconnected);

/// <summary>Reads them.</summary>
public sealed class SignInAttempts(IEventLog log)
{
    internal async Task<SignInAttempt> Read(SignInReference of, CancellationToken ct)
    {
        var attempt = new SignInAttempt(new RequestContext(of.Workspace, "sign-in"), null, null);
        var (begun, received) = (false, false);
        foreach (var recorded in (await log.Read(ConnectionDecider.Stream(of.Workspace, of.Connection), ct)).Events)
        {
            var e = ConnectionDecider.Names.Read(recorded);
            if (e is AuthorizationStarted started) (begun, received) = (started.Attempt == of.Attempt, false);
            if (!begun) continue;
            received |= e is AuthorizationCodeReceived;
            attempt = e switch
            {
                AuthorizationStarted => attempt with { Context = GetRequester(of, recorded) },
                AuthorizationFailed failed when failed.Attempt == of.Attempt => attempt with { Failure = failed.Message },
                ConnectionCreated c when received => attempt with { Connected = attempt.Connected ?? new SignInConnection(c.Account, c.Scopes, Reconnected: false) },
                ConnectionReconnected r when received => attempt with { Connected = attempt.Connected ?? new SignInConnection(r.Account, r.Scopes, Reconnected: true) },
                _ => attempt
            };
        }

        return attempt;
    }

    private static RequestContext GetRequester(SignInReference of, RecordedEvent start) =>
        new(of.Workspace, EventMetadata.From(start).Actor, EventMetadata.From(start).Correlation, start.Id.ToString());
}
