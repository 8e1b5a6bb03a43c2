using Connections.Connectors.Catalogue;
using Connections.Connectors.Definitions.Expressions;
using Connections.Connectors.Definitions.Model;
using Connections.Connectors.Http;
using Connections.Connectors.Pipeline;
using Connections.Domain;
using Newtonsoft.Json.Linq;

namespace Connections.Connectors.Definitions.Running;

/// <summary>Tests a connection: the probe, the state of the account, and its identity.</summary>
internal sealed class ProbeRun : IDisposable
{
    private const int MaxKept = 1024;

    private readonly Sender sender;
    private readonly ProbeSteps steps;
    private readonly HttpMessageInvoker invoker;

    public ProbeRun(Sender sender, GuardedHandlerFactory factory, TimeProvider clock, IProgress<ProbeStep>? progress)
    {
        (this.sender, steps) = (sender, new ProbeSteps(clock, progress));
        invoker = new HttpMessageInvoker(factory.Create(null, steps));
    }

    public HttpMessageInvoker Client(Uri address) => invoker;

    public void Dispose() => invoker.Dispose();

    public async Task<ProbeResult> Run(Call call, IReadOnlyList<AccountIdentity> typed, CancellationToken ct)
    {
        var (definition, way) = (call.Definition, call.Way);
        var probe = way.Probe ?? definition.Probe;
        var (_, failure) = await sender.Send(call, probe.Request, needsBody: true, ct);
        if (failure is not null) return Failed(failure);
        try
        {
            if (probe.Healthy is { } healthy && !Tokens.IsTrue(healthy.When.Evaluate(call.Roots)))
            {
                var message = healthy.Message.Fill(call.Roots);
                return Failed(new ConnectorResult.Failed(healthy.Kind, message, Delivered.Yes, Answered: true)
                {
                    OwnWords = healthy.Message.Places.Any() ? "The account cannot be used at present." : message
                });
            }

            steps.Ok("signIn", "The provider accepted the credentials.");
            var kept = Kept(probe, call);
            return (await Identify(call, way.Identity ?? definition.Identity, typed, ct)) with { Kept = kept };
        }
        catch (ExpressionFault fault)
        {
            return Failed(call.Wrong(FailureKind.Internal, "probe", fault.Message, Delivered.Yes));
        }
    }

    private static Dictionary<string, string> Kept(ProbePart probe, Call call) => probe.Keep
        .Select(k => (k.Key, Text: Tokens.Text(k.Value.Evaluate(call.Roots)))).Where(k => k.Text is { Length: > 0 and <= MaxKept })
        .ToDictionary(k => k.Key, k => k.Text!);

    private async Task<ProbeResult> Identify(Call call, Identity identity, IReadOnlyList<AccountIdentity> typed, CancellationToken ct)
    {
        if (identity.Request is { } request)
        {
            call.Set("probe", new JObject { ["body"] = call.Roots["body"]!.DeepClone() });
            var (_, failure) = await sender.Send(call, request, needsBody: true, ct);
            if (failure is not null) return new ProbeResult(steps.Taken, null, [], steps.Fail("identify", failure));
        }

        if (Tokens.Text(identity.Value.Evaluate(call.Roots)) is not { Length: > 0 } id)
        {
            return new ProbeResult(steps.Taken, null, [], steps.Fail("identify", new ConnectorResult.Failed(
                FailureKind.Unavailable, "The provider's response does not identify the account.", Delivered.Yes, Answered: true)));
        }

        var display = identity.Display is null ? null : Tokens.Text(identity.Display.Evaluate(call.Roots));
        display = Json.Given(display) ?? id;
        steps.Ok("identify", $"Signed in as {display}.");
        return new ProbeResult(
            steps.Taken, new Account(id, display, identity.Basis), [new AccountIdentity(identity.Basis, id), .. typed], null);
    }

    private ProbeResult Failed(ConnectorResult.Failed failure)
    {
        if (failure.Attempted && steps.Taken.Count > 0 && steps.Taken.All(s => s.Outcome is "ok" or "skipped")) steps.Fail("signIn", failure);
        return new ProbeResult(steps.Taken, null, [], failure);
    }
}
