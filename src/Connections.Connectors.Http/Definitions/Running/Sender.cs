using Connections.Connectors.Definitions.Expressions;
using Connections.Connectors.Definitions.Model;
using Connections.Connectors.Files;
using Connections.Connectors.Http;
using Connections.Connectors.Pipeline;
using Connections.Domain;
using Newtonsoft.Json.Linq;

namespace Connections.Connectors.Definitions.Running;

/// <summary>Sends the requests of a call, and judges the answers.</summary>
internal sealed class Sender(Targets targets, CallFiles files, TimeProvider clock)
{
    /// <summary>The answer is in the roots of the call.</summary>
    /// <param name="needsBody">Whether the answer must be JSON.</param>
    /// <returns>The failure, or null. A result, if a rule gives one instead of the answer.</returns>
    public async Task<(JToken? Result, ConnectorResult.Failed? Failure)> Send(Call call, Operation operation, bool needsBody, CancellationToken ct)
    {
        if (!call.Count())
            return (null, call.Wrong(FailureKind.InvalidInput, "requests", $"the activity needs more than {Call.MaxRequests} requests; ask for less", Delivered.No));
        if (await call.Signer.Prepare(ct) is { } missing) return (null, missing);
        call.SetKept();
        if (targets.Find(operation.Server, call.Use.Workspace, call.Roots, out var problem) is not { } target) return (null, problem);
        OpenFile? file = null;
        try
        {
            (file, var unusable) = await files.Open(call, operation, ct);
            if (unusable is not null) return (null, unusable);
            var request = Requests.Create(operation, target, call.Signer, call.Roots, file, out var wrong);
            return request is null
                ? (null, new ConnectorResult.Failed(FailureKind.InvalidInput, wrong!, Delivered.No, Answered: true))
                : await Signed(call, operation, new HttpCall(target, call.Signer, call.Client, clock), request, needsBody, ct);
        }
        catch (ExpressionFault fault)
        {
            return (null, call.Wrong(FailureKind.InvalidInput, $"request {Name(operation)}", fault.Message, Delivered.No));
        }
        finally
        {
            if (file is not null) await file.DisposeAsync();
        }
    }

    private async Task<(JToken? Result, ConnectorResult.Failed? Failure)> Signed(
        Call call, Operation operation, HttpCall http, ApiRequest request, bool needsBody, CancellationToken ct)
    {
        while (true)
        {
            var (result, failure) = await Once(call, operation, http, request, needsBody, ct);
            if (failure is null) return (result, null);
            var masked = SecretMasking.Mask(failure, call.Signer.Mask);
            if (failure.Kind != FailureKind.ReauthRequired) return (null, masked);
            // The token was revoked, or the clocks differ. Repeating is safe: such a request was not carried out.
            if (await call.Signer.Renew(masked, ct) is { } final) return (null, final);
        }
    }

    /// <summary>The address of a server; null if it cannot be filled.</summary>
    public HttpTarget? Target(Call call, string server, out ConnectorResult.Failed? problem) =>
        targets.Find(server, call.Use.Workspace, call.Roots, out problem);

    private async Task<(JToken? Result, ConnectorResult.Failed? Failure)> Once(
        Call call, Operation operation, HttpCall http, ApiRequest request, bool needsBody, CancellationToken ct)
    {
        try
        {
            var saved = operation.Save is null ? null : new SavedAnswer(call, operation, files.Store, clock);
            var (response, failure) = await http.Send(request, ct, saved is null ? null : saved.Read);
            if (response is null || saved?.Problem is not null) return (null, failure ?? saved!.Problem);
            response = Answers.Read(call, response);
            failure = Answers.Judge(call, operation, response, needsBody, out var result);
            return (result, failure);
        }
        catch (Exception fault) when (GivenFiles.IsOfStore(fault))
        {
            return (null, GivenFiles.Failure(fault, operation.Save is null ? Delivered.Maybe : Delivered.Yes));
        }
        catch (ExpressionFault fault)
        {
            return (null, call.Wrong(FailureKind.Internal, $"answer to {Name(operation)}", fault.Message, Delivered.Maybe));
        }
    }

    public static string Name(Operation operation) => $"{operation.Method} {operation.Path.Text}";
}
