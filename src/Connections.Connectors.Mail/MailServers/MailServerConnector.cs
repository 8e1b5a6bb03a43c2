using System.Text.Json;
using Connections.Connectors.Catalogue;
using Connections.Connectors.Pipeline;
using Connections.Domain;

namespace Connections.Connectors.MailServers;

/// <summary>A connector to one mail server. Each call is one dialogue, with one sign-in.</summary>
internal abstract class MailServerConnector<TSession, TGuard>(
    CatalogueEntry entry, MailPorts ports, IMailProtocol protocol, MailLineFactory lines, TimeProvider clock) : IConnector
    where TSession : IMailSession
    where TGuard : IMailGuard, new()
{
    private static readonly TimeSpan Farewell = TimeSpan.FromSeconds(1);

    public CatalogueEntry Entry => entry;

    protected TimeProvider Clock => clock;

    public string? Target(JsonElement settings) => Server(settings).Target(entry.Id);

    public abstract bool Repeatable(string activity, JsonElement input, JsonElement settings);

    public Account AccountAsTyped(JsonElement settings, Secret credentials) => Server(settings).Account(credentials);

    public IReadOnlyList<AccountIdentity> IdentitiesAsTyped(JsonElement settings, Secret credentials) =>
        [Server(settings).Identity(credentials)];

    public Task<ProbeResult> Probe(ConnectionUse use, CancellationToken ct) =>
        MailProbe.Run(this, use, clock, steps => SignIn(use, steps, ct));

    /// <summary>Signs in and out.</summary>
    public virtual async Task<ConnectorResult.Failed?> SignIn(ConnectionUse use, ProbeSteps steps, CancellationToken ct) =>
        await Dialogue(use, steps, async (session, _) =>
        {
            await session.Client.NoOpAsync(ct);
            return new ConnectorResult.Done(default);
        }, ct) as ConnectorResult.Failed;

    public abstract Task<ConnectorResult> Run(ConnectionUse use, string activity, JsonElement input, CancellationToken ct);

    protected abstract TSession Create(MailStream stream, TGuard wire);

    /// <summary>Converts what ended a dialogue to a failure.</summary>
    protected abstract ConnectorResult.Failed Explain(
        Exception e, MailSignIn signIn, TSession session, TGuard wire, MailStream stream, CancellationToken ct);

    protected async Task<ConnectorResult> Dialogue(
        ConnectionUse use, ProbeSteps steps, Func<TSession, TGuard, Task<ConnectorResult>> work, CancellationToken ct)
    {
        var (server, signIn, wire, step) = (Server(use.Settings), MailSignIn.From(use.Credentials), new TGuard(), "signIn");
        var line = await lines.Open(server, protocol, wire, steps, ct);
        if (line.Failure is { } unreachable) return unreachable;
        await using var stream = line.Stream!;
        using var session = Create(stream, wire);
        try
        {
            await session.Begin(server, signIn, ct);
            steps.Ok(step, $"Signed in as {signIn.User}.");
            step = "identify";
            var result = await work(session, wire);
            await End(session);
            return result;
        }
        catch (Exception e) when (e is not OutOfMemoryException) // a foreign server can make the library fail in any way
        {
            var failure = signIn.Mask(Explain(e, signIn, session, wire, stream, ct));
            // The caller can have another token, and then it tries again.
            return signIn is TokenSignIn && failure.Kind == FailureKind.ReauthRequired ? failure : steps.Fail(step, failure);
        }
    }

    private MailServerSettings Server(JsonElement settings) => MailServerSettings.Parse(settings, ports);

    // The result is known already, so nothing that happens here matters. The connection is closed in any case.
    private async Task End(TSession session)
    {
        using var limit = new CancellationTokenSource(Farewell, clock);
        try
        {
            await session.Client.DisconnectAsync(true, limit.Token);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
        }
    }
}
