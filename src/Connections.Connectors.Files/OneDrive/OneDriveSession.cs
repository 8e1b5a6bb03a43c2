using System.Globalization;
using System.Text.Json;
using Connections.Connectors.Catalogue;
using Connections.Connectors.Drives;
using Connections.Connectors.Http;

namespace Connections.Connectors.OneDrive;

/// <summary>An upload session of Graph. Each part extends its life. Requests to it carry no token: with one they are rejected.</summary>
internal sealed class OneDriveSession : IUploadSession
{
    private const int RangeIsWrong = 416;

    // An expired session is answered with 401 too, although no token is sent (github.com/OneDrive/onedrive-api-docs/issues/1073).
    private static readonly int[] Expired = [401, 404, 410];

    private readonly DriveApi api;
    private readonly Uri address;

    public OneDriveSession(DriveApi api, string address) => (this.api, this.address) = api.Session(address);

    // A multiple of 327,680 bytes below 60 MiB.
    public int PartSize => 32 * 327_680;

    public async Task<SessionAnswer> Locate(long total, CancellationToken ct) =>
        Read(await api.Send(new ApiRequest(HttpMethod.Get, address, []), ct, null, Expired));

    public async Task<SessionAnswer> Send(long offset, byte[] part, long total, CancellationToken ct)
    {
        if (part.Length == 0) return await Locate(total, ct);
        var request = new ApiRequest(
            HttpMethod.Put, address, [new("Content-Range", $"bytes {offset}-{offset + part.Length - 1}/{total}")], part,
            "application/octet-stream");
        var response = await api.Send(request, ct, null, [.. Expired, RangeIsWrong]);
        return response.Status == RangeIsWrong ? await Locate(total, ct) : Read(response);
    }

    private static SessionAnswer Read(ApiResponse response)
    {
        if (Expired.Contains(response.Status)) return new SessionAnswer.Gone();
        var answer = DriveApi.Read(response);
        var ranges = Json.Member(answer, "nextExpectedRanges");
        if (Json.Id(answer, "id") is not null && ranges.ValueKind != JsonValueKind.Array) return new SessionAnswer.Stored(answer);
        return ranges.ValueKind == JsonValueKind.Array && ranges.GetArrayLength() > 0
            && long.TryParse((Json.Text(ranges[0]) ?? "").Split('-')[0], NumberStyles.None, CultureInfo.InvariantCulture, out var next)
            ? new SessionAnswer.Next(next)
            : new SessionAnswer.Next(-1);
    }
}
