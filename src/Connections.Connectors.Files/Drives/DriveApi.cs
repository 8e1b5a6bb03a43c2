using System.Text.Json;
using Connections.Connectors.Catalogue;
using Connections.Connectors.Http;
using Connections.Connectors.Signing;
using Connections.Domain;

namespace Connections.Connectors.Drives;

/// <summary>Sends requests to a drive and turns failures into exceptions.</summary>
/// <param name="meaning">The failure that an error response of the provider means.</param>
internal sealed class DriveApi(
    HttpTarget target, IRequestSigner signer, Func<Uri, HttpMessageInvoker> client, TimeProvider clock,
    Func<ApiResponse, ConnectorResult.Failed> meaning)
{
    public Uri Base => target.Base;

    /// <summary>The JSON that a successful request is answered with.</summary>
    public async Task<JsonElement> Call(
        HttpMethod method, string path, IReadOnlyList<KeyValuePair<string, string>> query, CancellationToken ct,
        JsonElement body = default) =>
        Read(await Send(Request(method, path, query, body), ct));

    /// <exception cref="DriveException">The path is not valid.</exception>
    public ApiRequest Request(
        HttpMethod method, string path, IReadOnlyList<KeyValuePair<string, string>> query, JsonElement body = default,
        IReadOnlyList<KeyValuePair<string, string>>? headers = null) =>
        ApiRequest.Create(method, path, query, body, target with { Headers = headers ?? [] }, signer, out var problem)
        ?? throw DriveException.Wrong(problem!);

    /// <summary>The response of a success, or with one of the expected statuses.</summary>
    public async Task<ApiResponse> Send(ApiRequest request, CancellationToken ct, ResponseReader? reader = null, params int[] expected)
    {
        var call = new HttpCall(target, signer, client, clock);
        var (response, failure) = await SignedCall.Send<ApiResponse>(
            signer,
            async () =>
            {
                var (answer, broken) = await call.Send(request, ct, reader);
                return answer is null ? (null, broken)
                    : answer.Status is >= 200 and < 300 || expected.Contains(answer.Status) ? (answer, null) : (null, meaning(answer));
            },
            ct);
        if (response is not null) return response;
        throw new DriveException(request.Follows ? failure! with { Delivered = Delivered.No } : failure!); // a read changes nothing
    }

    /// <summary>Reads a response whose body is not a file.</summary>
    public Task<ApiResponse> ReadBody(HttpResponseMessage response, bool own, CancellationToken ct) =>
        ApiResponse.Read(response, own, signer.Mask, clock, ct);

    public ApiResponse Head(HttpResponseMessage response, bool own) => ApiResponse.Head(response, own, signer.Mask, clock);

    public static JsonElement Read(ApiResponse response) =>
        response.BodyType == "json" && Json.Foreign(response.Text) is { ValueKind: JsonValueKind.Object } json
            ? json
            : throw DriveException.Unavailable("The provider's response does not match its API description.", Delivered.Maybe);

    /// <summary>The failure that a response means.</summary>
    public ConnectorResult.Failed Judge(ApiResponse response) => Pipeline.SecretMasking.Mask(meaning(response), signer.Mask);

    public static string? Header(ApiResponse response, string name) => response.Headers.FirstOrDefault(h => h.Key == name).Value;

    /// <summary>The requests to an upload session. Its address is a secret and comes with it.</summary>
    /// <exception cref="DriveException">The address is not valid.</exception>
    public (DriveApi Api, Uri Address) Session(string address)
    {
        var allowed = HttpTarget.Resolve(target.Base, address) is { UserInfo: "" } found
            && (found.Scheme == Uri.UriSchemeHttps || found.Scheme == target.Base.Scheme) ? found : null;
        if (allowed is null)
            throw DriveException.Unavailable("The provider gave no valid address for the upload.", Delivered.No);
        var there = new HttpTarget(new Uri(HttpTarget.GetOrigin(allowed) + "/"), []);
        return (new DriveApi(there, new SessionSigner(allowed), client, clock, MeaningHere), allowed);

        // No credentials are sent there, so no answer says anything about them.
        ConnectorResult.Failed MeaningHere(ApiResponse response) => meaning(response) is var failure && failure.Kind == FailureKind.ReauthRequired
            ? response.As(FailureKind.Unavailable, "The upload session was not accepted", Delivered.No)
            : failure;
    }
}
