using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace TestServers.Uploads;

/// <summary>https://www.dropbox.com/developers/documentation/http/documentation#files-upload_session-start</summary>
internal sealed class DropboxUploads(UploadServer server)
{
    private const string Vendor = "dropbox";

    public Task Answer(HttpContext http, string path) => path switch
    {
        "/2/users/get_current_account" => UploadServer.Json(http, 200, new
        {
            account_id = "dbid:1",
            email = "ann@demo.example",
            disabled = false,
            root_info = new { root_namespace_id = "7" }
        }),
        "/2/files/upload_session/start" => UploadServer.Json(http, 200, new { session_id = server.Open(Vendor, "") }),
        _ => Part(http, path.EndsWith("/finish", StringComparison.Ordinal))
    };

    private async Task Part(HttpContext http, bool finish)
    {
        var argument = JsonElement.Parse(http.Request.Headers["Dropbox-API-Arg"].ToString());
        var cursor = argument.GetProperty("cursor");
        var id = cursor.GetProperty("session_id").GetString()!;
        var upload = server.Find(id)!;
        if (cursor.GetProperty("offset").GetInt64() != upload.Received)
        {
            var wrong = new Dictionary<string, object> { [".tag"] = "incorrect_offset", ["correct_offset"] = upload.Received };
            await UploadServer.Json(http, 409, new
            {
                error_summary = "incorrect_offset/",
                error = finish ? new Dictionary<string, object> { [".tag"] = "lookup_failed", ["lookup_failed"] = wrong } : wrong
            });
            return;
        }

        await server.Take(upload, Vendor, http);
        if (!finish)
        {
            await UploadServer.Json(http, 200, null!);
            return;
        }

        var path = argument.GetProperty("commit").GetProperty("path").GetString()!;
        var file = server.Complete(id, path.Trim('/'));
        await UploadServer.Json(
            http, 200, new { id = "id:1", name = file.Name, path_display = path, size = file.Size, content_hash = file.Sha256 });
    }
}
