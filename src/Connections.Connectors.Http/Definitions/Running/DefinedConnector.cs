using System.Text.Json;
using Connections.Connectors.Catalogue;
using Connections.Connectors.Definitions.Expressions;
using Connections.Connectors.Definitions.Model;
using Connections.Connectors.Files;
using Connections.Connectors.Http;
using Connections.Connectors.OAuth;
using Connections.Domain;
using Newtonsoft.Json.Linq;

namespace Connections.Connectors.Definitions.Running;

/// <summary>Runs a definition.</summary>
/// <param name="replaced">Addresses that the operator configured instead of the definition's servers.</param>
/// <param name="files">The file store; null where the process has none.</param>
/// <param name="inCode">The code for an activity that the definition cannot express as a whole; null: it can.</param>
internal sealed class DefinedConnector(
    Definition definition, OAuthApplications applications, IReadOnlyDictionary<string, string> replaced, GuardedHandlerFactory factory,
    HttpClientPool clients, Func<IFileStore?> files, Func<string, IActivityInCode?> inCode, TimeProvider clock) : IConnector
{
    private static readonly TimeSpan LookUpTime = TimeSpan.FromSeconds(10);

    private readonly Targets targets = new(definition, applications, replaced);
    private readonly Sender sender = new(new Targets(definition, applications, replaced), new CallFiles(files), clock);

    public CatalogueEntry Entry => definition.Entry;

    public string? Target(JsonElement settings) => Typed(settings)?.Origin;

    public bool Repeatable(string activity, JsonElement input, JsonElement settings)
    {
        if (activity == RequestActivity.Id) return RequestActivity.IsRepeatable(input);
        if (!definition.Activities.TryGetValue(activity, out var defined)) return false;
        if (defined.RepeatableWhen is not { } when) return defined.Repeatable == true;
        try
        {
            return Tokens.IsTrue(when.Evaluate(new JObject { ["input"] = Tokens.From(input), ["settings"] = Tokens.From(settings) }));
        }
        catch (ExpressionFault)
        {
            return false;
        }
    }

    // With OAuth the account is unknown before the sign-in.
    public Account AccountAsTyped(JsonElement settings, Secret credentials) =>
        SignIns.WayOf(definition, settings).SignIn is SignIn.OAuth ? new(null, "", "") : new(null, Typed(settings)?.Base.ToString() ?? "", "address");

    public IReadOnlyList<AccountIdentity> IdentitiesAsTyped(JsonElement settings, Secret credentials)
    {
        var way = SignIns.WayOf(definition, settings);
        if (way.SignIn is SignIn.OAuth || Typed(settings) is not { } api) return [];
        string[] typed = [api.Base.AbsoluteUri, .. SignIns.Typed(way, settings, credentials)];
        return [new AccountIdentity("address", JsonSerializer.Serialize(typed))];
    }

    public async Task<ProbeResult> Probe(ConnectionUse use, CancellationToken ct)
    {
        var run = new ProbeRun(sender, factory, clock, use.Steps);
        if (Begin(use, run.Client, out var problem) is not { } call) return new ProbeResult([], null, [], problem);
        using (run) return await run.Run(call, IdentitiesAsTyped(use.Settings, use.Credentials), ct);
    }

    public async Task<ConnectorResult> Run(ConnectionUse use, string activity, JsonElement input, CancellationToken ct)
    {
        if (Begin(use, address => clients.For(address, null), out var problem) is not { } call) return problem!;
        if (activity == RequestActivity.Id) return await new RequestRun(sender, clock).Run(call, input, ct);
        var defined = definition.Activities[activity];
        try
        {
            call.Set("input", Tokens.From(input, strict: true));
            if (defined.Rejections.FirstOrDefault(r => Tokens.IsTrue(r.When.Evaluate(call.Roots))) is { } rejection)
                return Rejected(rejection.Message, call.Roots);
        }
        catch (Exception e) when (e is ExpressionFault or InvalidOperationException)
        {
            return call.Wrong(FailureKind.InvalidInput, "input", e is ExpressionFault ? e.Message : "a text is not valid", Delivered.No);
        }

        if (inCode(activity) is { } code && await code.Run(call, input, defined.Steps[0].Operation, Address, files(), ct) is { } done)
            return done;
        var run = new ActivityRun(defined, call, sender);
        if (defined.Lookup is not { } lookup || Repeatable(activity, input, use.Settings)) return await run.Run(ct);

        (HttpTarget?, ConnectorResult.Failed?) Address(string server) => (sender.Target(call, server, out var none), none);

        // The look-up needs some of the time after a call that got no answer.
        using var limit = new CancellationTokenSource(Main(use.Timeout), clock);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, ct);
        var result = await run.Run(both.Token);
        if (result is not ConnectorResult.Failed { Delivered: Delivered.Maybe } || ct.IsCancellationRequested) return result;
        return await run.LookUp(lookup, ct) ?? result;
    }

    // A message with places may quote the input.
    private static ConnectorResult.Failed Rejected(Template message, JObject roots) =>
        new(FailureKind.InvalidInput, message.Fill(roots), Delivered.No, Answered: true)
        {
            OwnWords = message.Places.Any() ? "The definition of the connector rejects the input." : null
        };

    private static TimeSpan Main(TimeSpan? whole) =>
        whole is { } time ? time - (time / 4 < LookUpTime ? time / 4 : LookUpTime) : Timeout.InfiniteTimeSpan;

    private Call? Begin(ConnectionUse use, Func<Uri, HttpMessageInvoker> client, out ConnectorResult.Failed? problem)
    {
        var way = SignIns.WayOf(definition, use.Settings);
        var signer = SignIns.Signer(way, use, out problem);
        return signer is null ? null : new Call(definition, use, way, signer, client, clock.GetUtcNow());
    }

    // The first server, as far as the form alone names it.
    private HttpTarget? Typed(JsonElement settings)
    {
        var roots = new JObject { ["settings"] = settings.ValueKind == JsonValueKind.Object ? Tokens.From(settings) : new JObject() };
        return targets.Find(definition.Servers.Keys.First(), null, roots, out _);
    }
}
