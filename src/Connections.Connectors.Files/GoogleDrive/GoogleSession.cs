using System.Globalization;
using System.Text;
using System.Text.Json;
using Connections.Connectors.Drives;
using Connections.Connectors.Files;
using Connections.Connectors.Http;
using Connections.Domain;

namespace Connections.Connectors.GoogleDrive;

/// <summary>A resumable upload session. Its address lives for a week.</summary>
internal sealed class GoogleSession(DriveApi api, GooglePlan planned, string name, StoredFile file) : IUploadSession
{
    private const int GoOn = 308;
    private const int RangeIsWrong = 416;

    private GooglePlan plan = planned;

    // A multiple of 256 KiB.
    public int PartSize => 8 * 1024 * 1024;

    public bool IsOpen => plan.Session is not null;

    public JsonElement State(long offset) => plan.State;

    public async Task<SessionAnswer> Open(CancellationToken ct)
    {
        var request = plan.Request(api, "resumable") with
        {
            Body = Encoding.UTF8.GetBytes(plan.Metadata(name)),
            BodyType = "application/json; charset=UTF-8",
            Headers = [new("X-Upload-Content-Type", GooglePlan.Type(file)), new("X-Upload-Content-Length", $"{file.Size}")]
        };
        if (await plan.Send(api, request, ct) is not { } response)
            return new SessionAnswer.Stored((await new GoogleFiles(api).Get(plan.Id, ct)).Uploaded);
        plan = DriveApi.Header(response, "location") is { Length: > 0 } address
            ? plan with { Session = address }
            : throw DriveException.Unavailable("Google Drive gave no address for the upload.", Delivered.No);
        return new SessionAnswer.Next(0);
    }

    public async Task<SessionAnswer> Locate(CancellationToken ct) => Read(await Put([], $"bytes */{file.Size}", ct));

    public async Task<SessionAnswer> Send(long offset, byte[] part, CancellationToken ct)
    {
        if (part.Length == 0) return await Locate(ct);
        var response = await Put(part, $"bytes {offset}-{offset + part.Length - 1}/{file.Size}", ct);
        return response.Status == RangeIsWrong ? await Locate(ct) : Read(response);
    }

    private Task<ApiResponse> Put(byte[] body, string range, CancellationToken ct)
    {
        var (session, address) = api.Session(plan.Session!);
        return session.Send(
            new ApiRequest(HttpMethod.Put, address, [new("Content-Range", range)], body), ct, null, GoOn, 404, 410, RangeIsWrong);
    }

    private static SessionAnswer Read(ApiResponse response) => response.Status switch
    {
        GoOn => new SessionAnswer.Next(Offset(DriveApi.Header(response, "range"))),
        404 or 410 or RangeIsWrong => new SessionAnswer.Gone(),
        _ => new SessionAnswer.Stored(GoogleFile.Read(DriveApi.Read(response)).Uploaded)
    };

    // Without a range nothing has arrived.
    private static long Offset(string? range) => range is null ? 0
        : long.TryParse(range.Split('-')[^1], NumberStyles.None, CultureInfo.InvariantCulture, out var last) ? last + 1 : -1;
}
