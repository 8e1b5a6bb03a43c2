using System.Text.Json;
using Connections.Connectors.Catalogue;
using Connections.Connectors.Http;
using Connections.Connectors.S3;
using Connections.Connectors.Signing;

namespace Connections.Connectors.Textract;

/// <summary>Calls Textract's operations. Each is a POST of JSON to the root of the address.</summary>
internal sealed class TextractApi(Uri address, string region, S3Keys keys, Func<Uri, HttpMessageInvoker> client, TimeProvider clock)
{
    // A dense page with tables has up to 5 MB.
    private const int MaxAnswer = 32 * 1024 * 1024;
    private const string NoJob = "connection-test";

    private readonly AmazonSigner signer = new(keys, region, "textract", clock);

    public async Task<(JsonElement Answer, ConnectorResult.Failed? Failure)> Send(
        string operation, Action<Utf8JsonWriter> members, CancellationToken ct)
    {
        var (response, failure) = await Post(
            operation, members, response => response.Status == 200 ? null : TextractFailures.From(response), ct);
        if (failure is not null) return (default, failure);
        var answer = Json.Foreign(response!.Text);
        return answer.ValueKind == JsonValueKind.Object ? (answer, null) : (default, TextractFailures.NotAsDescribed());
    }

    /// <summary>Asks for a job that does not exist. That costs nothing, and is rejected where Textract may not be used.</summary>
    public async Task<ConnectorResult.Failed?> Probe(CancellationToken ct)
    {
        var (_, failure) = await Post(
            "GetDocumentTextDetection",
            writer => writer.WriteString("JobId", NoJob),
            response => response.Status == 200 || TextractFailures.Code(response) == TextractFailures.UnknownJob
                ? null : TextractFailures.From(response),
            ct);
        return failure;
    }

    private async Task<(ApiResponse? Response, ConnectorResult.Failed? Failure)> Post(
        string operation, Action<Utf8JsonWriter> members, Func<ApiResponse, ConnectorResult.Failed?> judge, CancellationToken ct)
    {
        var request = new ApiRequest(
            HttpMethod.Post, address, [new("X-Amz-Target", $"Textract.{operation}")], Body(members), "application/x-amz-json-1.1");
        return await SignedCall.Send<ApiResponse>(signer, async () =>
        {
            var (response, broken) = await new HttpCall(new HttpTarget(address, []), signer, client, clock).Send(
                request, ct, (message, own, token) => ApiResponse.Read(message, own, signer.Mask, clock, token, MaxAnswer));
            return (response, broken ?? judge(response!));
        }, ct);
    }

    private static byte[] Body(Action<Utf8JsonWriter> members)
    {
        using var body = new MemoryStream();
        using (var writer = new Utf8JsonWriter(body, Json.Plain))
        {
            writer.WriteStartObject();
            members(writer);
            writer.WriteEndObject();
        }

        return body.ToArray();
    }
}
