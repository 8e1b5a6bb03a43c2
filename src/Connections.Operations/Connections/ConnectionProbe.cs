using System.Text.Json;
using Connections.Connectors;
using Connections.Connectors.OAuth;
using Connections.Connectors.Pipeline;
using Connections.Domain;
using Connections.Operations.Claims;

namespace Connections.Operations.Connections;

/// <summary>The result of a test at the provider.</summary>
/// <param name="Id">Identifies the test: a test that is reported twice is recorded once.</param>
public sealed record ProbeReport(Guid Id, ProbeResult Result, IReadOnlyList<string> Fingerprints)
{
    /// <summary>The version of the definition that tested; null for a connector in code.</summary>
    public string? Definition { get; init; }

    public string Outcome => Result.Failure is { } failure ? Domain.Outcome.From(failure.Kind) : Domain.Outcome.Ok;

    public string Message => Result.Failure?.Reason ?? "Connected.";
}

/// <summary>Tests connections at their providers.</summary>
public sealed class ConnectionProbe(ConnectorRunner runner, Fingerprints fingerprints)
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(20);

    /// <param name="version">The credential version; 0 for credentials that are not stored yet.</param>
    /// <param name="tokens">For connections by sign-in; null for typed credentials.</param>
    /// <param name="steps">Receives each step when it ends.</param>
    public async Task<ProbeReport> Try(
        RequestContext context,
        string connector,
        Guid connection,
        int version,
        JsonElement settings,
        Secret credentials,
        bool byPerson,
        CancellationToken ct,
        IAccessTokens? tokens = null,
        IProgress<ProbeStep>? steps = null)
    {
        var use = new ConnectionUse(context.Workspace, connection, version, settings, credentials, Tokens: tokens, Steps: steps);
        var result = await runner.Probe(connector, use, Timeout, byPerson, ct);
        return new ProbeReport(
            Guid.NewGuid(), result with { Account = Shown(result.Account) }, await fingerprints.Compute(context.Workspace, connector, result.Identities, ct))
        {
            Definition = runner.Version(connector)
        };
    }

    // The provider chooses these texts. They are stored in events and shown to people.
    private static Account? Shown(Account? account) => account is null ? null : account with
    {
        Id = account.Id is { } id ? Texts.Line(id) : null,
        Display = Texts.Line(account.Display)
    };
}
