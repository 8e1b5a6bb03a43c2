using Connections.Connectors.Definitions.Expressions;
using Connections.Connectors.Definitions.Model;
using Connections.Domain;
using Newtonsoft.Json.Linq;

namespace Connections.Connectors.Definitions.Running;

/// <summary>Runs one activity: its requests in order, its pages, and the look-up after an unknown outcome.</summary>
internal sealed class ActivityRun(DefinedActivity activity, Call call, Sender sender)
{
    public async Task<ConnectorResult> Run(CancellationToken ct)
    {
        var (result, failure) = activity.Paging is { } paging ? await new PagedRun(activity, paging, call, sender).Run(ct)
            : activity.Steps is [{ Each: null, When: null, Name: null } only]
                ? await sender.Send(call, only.Operation, only.Operation.Save is null && Needs("body"), ct)
            : await Steps(ct);
        if (failure is not null) return failure;
        return Output(result);
    }

    /// <summary>Asks whether the activity happened. Null: it was not found, or could not be asked.</summary>
    public async Task<ConnectorResult.Done?> LookUp(Lookup lookup, CancellationToken ct)
    {
        var (_, failure) = await sender.Send(call, lookup.Request, needsBody: true, ct);
        if (failure is not null) return null;
        try
        {
            var found = lookup.Found.Evaluate(call.Roots);
            if (Tokens.IsNull(found)) return null;
            call.Set("body", found.DeepClone());
            return Output(null) as ConnectorResult.Done;
        }
        catch (ExpressionFault)
        {
            return null;
        }
    }

    private async Task<(JToken? Result, ConnectorResult.Failed? Failure)> Steps(CancellationToken ct)
    {
        var results = new JObject();
        call.Set("steps", results);
        var changed = false;
        for (var number = 0; number < activity.Steps.Count; number++)
        {
            var step = activity.Steps[number];
            var (result, failure) = await Step(step, number == activity.Steps.Count - 1, () => changed |= Changes(step), ct);
            if (failure is not null) return (null, failure with { Delivered = Whole(failure.Delivered, changed, Changes(step)) });
            if (step.Name is not null) results[step.Name] = result;
        }

        return (null, null);
    }

    private async Task<(JToken? Result, ConnectorResult.Failed? Failure)> Step(Step step, bool last, Action changed, CancellationToken ct)
    {
        try
        {
            if (step.When is not null && !Tokens.IsTrue(step.When.Evaluate(call.Roots))) return (JValue.CreateNull(), null);
            if (step.Each is null) return await One(step, last, changed, ct);
            var items = step.Each.Evaluate(call.Roots) is JArray list ? (JArray)list.DeepClone() : [];
            if (items.Count > Call.MaxRequests)
                return (null, call.Wrong(FailureKind.InvalidInput, $"step {step.Name}", $"the list has more than {Call.MaxRequests} items", Delivered.No));
            var results = new JArray();
            foreach (var item in items)
            {
                call.Set("item", item.DeepClone());
                call.Set("index", results.Count);
                var (result, failure) = await One(step, last, changed, ct);
                if (failure is not null) return (null, failure);
                results.Add(result!);
            }

            return (results, null);
        }
        catch (ExpressionFault fault)
        {
            return (null, call.Wrong(FailureKind.InvalidInput, $"step {step.Name ?? Sender.Name(step.Operation)}", fault.Message, Delivered.No));
        }
    }

    private async Task<(JToken? Result, ConnectorResult.Failed? Failure)> One(Step step, bool last, Action changed, CancellationToken ct)
    {
        var saves = step.Operation.Save is not null;
        var needs = !saves && (step.Output?.Expressions.Any(e => e.Roots.Contains("body")) ?? (last ? Needs("body") : step.Name is not null));
        var (result, failure) = await sender.Send(call, step.Operation, needs, ct);
        if (failure is not null) return (null, failure);
        changed();
        try
        {
            return (result ?? (step.Output?.Create(call.Roots) ?? call.Roots[saves ? "file" : "body"]!).DeepClone(), null);
        }
        catch (ExpressionFault fault)
        {
            return (null, call.Wrong(FailureKind.Internal, $"output of step {step.Name}", fault.Message, Delivered.Maybe));
        }
    }

    private ConnectorResult Output(JToken? result)
    {
        try
        {
            var output = result ?? (activity.Output is { } shape ? shape.Create(call.Roots)
                : activity.Steps[^1].Operation.Save is null ? call.Roots["body"]!
                : new JObject { ["file"] = call.Roots["file"]!.DeepClone() });
            return new ConnectorResult.Done(Tokens.Element(Tokens.IsNull(output) ? new JObject() : output));
        }
        catch (ExpressionFault fault)
        {
            return call.Wrong(FailureKind.Internal, $"output of {activity.Id}", fault.Message, Delivered.Yes);
        }
    }

    // Changes of an earlier request stay, so the activity may have happened in part. Without a request that changes something, it has not happened.
    private static Delivered Whole(Delivered step, bool changed, bool changes) => (step, changed, changes) switch
    {
        (Delivered.No, true, _) => Delivered.Maybe,
        (Delivered.Maybe, false, false) => Delivered.No,
        _ => step
    };

    private static bool Changes(Step step) =>
        !step.Repeatable && step.Operation.Method != HttpMethod.Get && step.Operation.Method != HttpMethod.Head;

    private bool Needs(string root) => activity.Output?.Expressions.Any(e => e.Roots.Contains(root)) ?? true;
}
