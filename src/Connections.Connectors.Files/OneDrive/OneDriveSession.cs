using System.Globalization;
using System.Text.Json;
using Connections.Connectors.Catalogue;
using Connections.Connectors.Drives;
using Connections.Connectors.Http;
using Connections.Domain;

namespace Connections.Connectors.OneDrive;

/// <summary>
/// An upload session of Graph (https://learn.microsoft.com/graph/api/driveitem-createuploadsession). Each part extends its life. Requests to
/// it carry no token: with one they are rejected.
/// </summary>
internal sealed class OneDriveSession : IUploadSession
{
    private const int RangeIsWrong = 416;

    // An expired session is answered with 401 too, although no token is sent (github.com/OneDrive/onedrive-api-docs/issues/1073).
    private static readonly int[] Expired = [401, 404, 410];

    private readonly DriveCall call;
    private readonly Place place;
    private readonly long total;
    private readonly string onConflict;
    private string? session;
    private string? before;
    private long reached;
    private bool resumed;

    public OneDriveSession(DriveCall call, Place place, long total, string onConflict)
    {
        (this.call, this.place, this.total, this.onConflict) = (call, place, total, onConflict);
        if (call.Stage.Current is not { } stored || Json.Given(stored, "session") is not { } address) return;
        (session, resumed, before) = (address, true, Json.Given(stored, "before"));
        reached = (long)(Json.Number(stored, "offset") ?? 0);
    }

    // A multiple of 327,680 bytes below 60 MiB.
    public int PartSize => 32 * 327_680;

    public bool IsOpen => session is not null;

    public JsonElement State(long offset) => JsonSerializer.SerializeToElement(new { session, before, offset });

    public async Task<SessionAnswer> Open(CancellationToken ct)
    {
        var item = new Dictionary<string, string> { ["@microsoft.graph.conflictBehavior"] = onConflict };
        try
        {
            var opened = await call.Api.Call(
                HttpMethod.Post, place.To("createUploadSession"), [], ct, JsonSerializer.SerializeToElement(new { item }));
            session = Json.Given(opened, "uploadUrl")
                ?? throw DriveException.Unavailable("OneDrive gave no address for the upload.", Delivered.No);
        }
        catch (DriveException failed)
        {
            throw new DriveException(failed.Failure with { Delivered = Delivered.No }); // a session without its parts makes no file
        }

        (before, resumed) = ((await Find(ct))?.ETag, false);
        return new SessionAnswer.Next(0);
    }

    public async Task<SessionAnswer> Locate(CancellationToken ct)
    {
        var (api, address) = call.Api.Session(session!);
        return await Read(await api.Send(new ApiRequest(HttpMethod.Get, address, []), ct, null, Expired), ct);
    }

    public async Task<SessionAnswer> Send(long offset, byte[] part, CancellationToken ct)
    {
        reached = offset;
        if (part.Length == 0) return await Locate(ct);
        var (api, address) = call.Api.Session(session!);
        var request = new ApiRequest(
            HttpMethod.Put, address, [new("Content-Range", $"bytes {offset}-{offset + part.Length - 1}/{total}")], part,
            "application/octet-stream");
        var response = await api.Send(request, ct, null, [.. Expired, RangeIsWrong]);
        return response.Status == RangeIsWrong ? await Locate(ct) : await Read(response, ct);
    }

    private async Task<SessionAnswer> Read(ApiResponse response, CancellationToken ct)
    {
        if (Expired.Contains(response.Status)) return await Over(ct);
        var answer = DriveApi.Read(response);
        var ranges = Json.Member(answer, "nextExpectedRanges");
        if (Json.Id(answer, "id") is not null && ranges.ValueKind != JsonValueKind.Array)
            return new SessionAnswer.Stored(DriveItem.Read(answer).Uploaded);
        return ranges.ValueKind == JsonValueKind.Array && ranges.GetArrayLength() > 0
            && long.TryParse((Json.Text(ranges[0]) ?? "").Split('-')[0], NumberStyles.None, CultureInfo.InvariantCulture, out var next)
            ? new SessionAnswer.Next(next)
            : new SessionAnswer.Next(-1);
    }

    // The session has expired, or its last part came and the answer was lost. Another file may have the same name and size.
    private async Task<SessionAnswer> Over(CancellationToken ct) =>
        resumed && reached + PartSize >= total && await Find(ct) is { } found && found.Size == total && found.ETag != before
            ? new SessionAnswer.Stored(found.Uploaded)
            : new SessionAnswer.Gone();

    private async Task<DriveItem?> Find(CancellationToken ct)
    {
        try
        {
            return await OneDriveConnector.Get(call.Api, place, ct);
        }
        catch (DriveException gone) when (gone.Failure.Kind == FailureKind.NotFound)
        {
            return null;
        }
    }
}
