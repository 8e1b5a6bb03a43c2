using System.Globalization;
using Connections.Connectors.Drives;
using Connections.Connectors.Http;

namespace Connections.Connectors.GoogleDrive;

/// <summary>A resumable upload session. Its address lives for a week.</summary>
internal sealed class GoogleSession : IUploadSession
{
    private const int GoOn = 308;
    private const int RangeIsWrong = 416;

    private readonly DriveApi api;
    private readonly Uri address;

    public GoogleSession(DriveApi api, string address) => (this.api, this.address) = api.Session(address);

    // A multiple of 256 KiB.
    public int PartSize => 8 * 1024 * 1024;

    public async Task<SessionAnswer> Locate(long total, CancellationToken ct) => Read(await Put([], $"bytes */{total}", ct));

    public async Task<SessionAnswer> Send(long offset, byte[] part, long total, CancellationToken ct)
    {
        if (part.Length == 0) return await Locate(total, ct);
        var response = await Put(part, $"bytes {offset}-{offset + part.Length - 1}/{total}", ct);
        return response.Status == RangeIsWrong ? await Locate(total, ct) : Read(response);
    }

    private Task<ApiResponse> Put(byte[] body, string range, CancellationToken ct) => api.Send(
        new ApiRequest(HttpMethod.Put, address, [new("Content-Range", range)], body), ct, null, GoOn, 404, 410, RangeIsWrong);

    private static SessionAnswer Read(ApiResponse response) => response.Status switch
    {
        GoOn => new SessionAnswer.Next(Offset(DriveApi.Header(response, "range"))),
        404 or 410 or RangeIsWrong => new SessionAnswer.Gone(),
        _ => new SessionAnswer.Stored(DriveApi.Read(response))
    };

    // Without a range nothing has arrived.
    private static long Offset(string? range) => range is null ? 0
        : long.TryParse(range.Split('-')[^1], NumberStyles.None, CultureInfo.InvariantCulture, out var last) ? last + 1 : -1;
}
