using System.Text.Json;
using Connections.Connectors.Catalogue;
using Connections.Connectors.Definitions.Expressions;
using Connections.Connectors.Http;
using Connections.Connectors.Signing;
using Connections.Domain;

namespace Connections.Connectors.Definitions.Running;

/// <summary>Runs the activity <c>request</c>.</summary>
internal sealed class RequestRun(Sender sender, TimeProvider clock)
{
    public async Task<ConnectorResult> Run(Call call, JsonElement input, CancellationToken ct)
    {
        if (!RequestActivity.IsAllowed(call.Use.Settings))
            return Failed(FailureKind.Forbidden, $"This connection does not allow requests: set its setting {RequestActivity.Setting} to true.");
        var server = Json.Text(input, "server") ?? call.Definition.Servers.Keys.First();
        if (!call.Definition.Servers.ContainsKey(server))
            return Failed(FailureKind.InvalidInput, $"{call.Definition.Entry.Name} has no server \"{server}\": use {string.Join(", ", call.Definition.Servers.Keys)}.");
        if (await call.Signer.Prepare(ct) is { } missing) return missing;
        call.SetKept();
        if (sender.Target(call, server, out var problem) is not { } target) return problem!;
        if (ApiRequest.Parse(input, target, call.Signer, out var why) is not { } request) return Failed(FailureKind.InvalidInput, why!);
        var (response, failure) = await SignedCall.Send<ApiResponse>(call.Signer, async () =>
        {
            var (response, failure) = await new HttpCall(target, call.Signer, call.Client, clock).Send(request, ct);
            if (response is null) return (response, failure);
            response = Answers.Read(call, response);
            return (response, Judge(call, response));
        }, ct);
        return failure ?? (ConnectorResult)new ConnectorResult.Done(response!.Output);
    }

    private static ConnectorResult.Failed? Judge(Call call, ApiResponse response)
    {
        try
        {
            return Answers.JudgeRequest(call, response);
        }
        catch (ExpressionFault)
        {
            return response.Failure; // the rules are not written for every answer of the API
        }
    }

    private static ConnectorResult.Failed Failed(FailureKind kind, string message) => new(kind, message, Delivered.No, Answered: true);
}
