using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace TestServers.Uploads;

/// <summary>https://developers.google.com/workspace/drive/api/guides/manage-uploads#resumable</summary>
internal sealed class GoogleUploads(UploadServer server)
{
    private const string Vendor = "google-drive";

    public Task Answer(HttpContext http, string path) => path switch
    {
        "/drive/v3/about" => UploadServer.Json(http, 200, new { user = new { permissionId = "1", emailAddress = "ann@demo.example" } }),
        "/drive/v3/files" => UploadServer.Json(http, 200, new { files = Array.Empty<object>() }),
        "/drive/v3/files/generateIds" => UploadServer.Json(http, 200, new { ids = (string[])[$"new-{Guid.NewGuid():n}"] }),
        "/upload/drive/v3/files" => Open(http),
        _ => Part(http, path.Split('/')[^1])
    };

    private async Task Open(HttpContext http)
    {
        using var metadata = await JsonDocument.ParseAsync(http.Request.Body);
        var total = long.Parse(http.Request.Headers["X-Upload-Content-Length"].ToString(), null);
        var id = server.Open(Vendor, metadata.RootElement.GetProperty("name").GetString()!, total);
        http.Response.Headers.Location = $"{server.Address}/session/{id}";
    }

    private async Task Part(HttpContext http, string id)
    {
        if (server.Find(id) is not { } upload)
        {
            await UploadServer.Json(http, 404, new { error = new { code = 404, message = "There is no such upload." } });
            return;
        }

        if (UploadServer.Start(http) is { } start)
        {
            if (start != upload.Received)
            {
                http.Response.StatusCode = 416;
                return;
            }

            await server.Take(upload, Vendor, http);
        }

        if (upload.IsComplete)
        {
            var file = server.Complete(id);
            await UploadServer.Json(
                http, 200, new { id, name = file.Name, mimeType = "text/plain", size = $"{file.Size}", md5Checksum = file.Sha256 });
            return;
        }

        if (upload.Received > 0) http.Response.Headers.Range = $"bytes=0-{upload.Received - 1}";
        http.Response.StatusCode = 308;
    }
}
