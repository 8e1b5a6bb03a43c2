using System.Text.Json;
using Connections.Connectors.Catalogue;
using Connections.Connectors.Drives;
using Connections.Connectors.Http;
using Connections.Domain;

namespace Connections.Connectors.Dropbox;

/// <summary>An upload session. It lives for seven days, and it says where it is only to a part at a wrong place.</summary>
internal sealed class DropboxSession : IUploadSession
{
    private const int RouteError = 409;

    private readonly DriveApi api;
    private readonly Uri address;
    private readonly IReadOnlyList<KeyValuePair<string, string>> headers;
    private readonly object commit;
    private readonly long total;
    private readonly long known;
    private string? id;

    /// <param name="commit">What becomes of the bytes at the end.</param>
    /// <param name="stored">The state of an earlier attempt; null: none.</param>
    public DropboxSession(
        DriveApi api, Uri address, IReadOnlyList<KeyValuePair<string, string>> headers, object commit, long total, JsonElement? stored)
    {
        (this.api, this.address, this.headers, this.commit, this.total) = (api, address, headers, commit, total);
        if (stored is not { } state) return;
        (id, known) = (state.GetProperty("session").GetString(), state.GetProperty("offset").GetInt64());
    }

    // A multiple of 4 MiB.
    public int PartSize => 8 * 1024 * 1024;

    public bool IsOpen => id is not null;

    public JsonElement State(long offset) => JsonSerializer.SerializeToElement(new { session = id, offset });

    // A session that is over is begun anew: the same content at the same path is no conflict, so there is no second file.
    public async Task<SessionAnswer> Open(CancellationToken ct)
    {
        var started = DriveApi.Read(await Post("start", new { close = false }, [], ct));
        id = Json.Given(started, "session_id")
            ?? throw DriveException.Unavailable("Dropbox gave no id of the upload session.", Delivered.No);
        return new SessionAnswer.Next(0);
    }

    // If more has arrived, the answer to the next part says so.
    public Task<SessionAnswer> Locate(CancellationToken ct) => Task.FromResult<SessionAnswer>(new SessionAnswer.Next(known));

    public async Task<SessionAnswer> Send(long offset, byte[] part, CancellationToken ct)
    {
        if (offset + part.Length < total) return await Append(offset, part, ct);
        var response = await Post("finish", new { cursor = new { session_id = id, offset }, commit }, part, ct);
        return response.Status == RouteError ? Misplaced(response) : new SessionAnswer.Stored(Output(DriveApi.Read(response)));
    }

    private async Task<SessionAnswer> Append(long offset, byte[] part, CancellationToken ct)
    {
        var response = await Post("append_v2", new { cursor = new { session_id = id, offset }, close = false }, part, ct);
        return response.Status == RouteError ? Misplaced(response) : new SessionAnswer.Next(offset + part.Length);
    }

    // The serializer escapes all characters that are not ASCII, as headers need it.
    private Task<ApiResponse> Post(string route, object argument, byte[] body, CancellationToken ct) => api.Send(
        new ApiRequest(
            HttpMethod.Post, HttpPath.Below(address, $"files/upload_session/{route}", []),
            [.. headers, new("Dropbox-API-Arg", JsonSerializer.Serialize(argument).Replace("\x7f", "\\u007f", StringComparison.Ordinal))],
            body, "application/octet-stream"),
        ct, null, RouteError);

    private SessionAnswer Misplaced(ApiResponse response)
    {
        var error = Json.Member(DriveApi.Read(response), "error");
        if (Json.Given(error, ".tag") == "lookup_failed") error = Json.Member(error, "lookup_failed");
        return Json.Given(error, ".tag") switch
        {
            "incorrect_offset" => new SessionAnswer.Next((long?)Json.Number(error, "correct_offset") ?? -1),
            "not_found" or "closed" or "not_closed" => new SessionAnswer.Gone(),
            _ => throw new DriveException(api.Judge(response))
        };
    }

    private static JsonElement Output(JsonElement item) => JsonSerializer.SerializeToElement(new
    {
        id = Json.Given(item, "id"),
        name = Json.Given(item, "name"),
        path = Json.Given(item, "path_display"),
        size = (long?)Json.Number(item, "size"),
        hash = Json.Given(item, "content_hash")
    });
}
