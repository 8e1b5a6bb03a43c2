using Microsoft.AspNetCore.Http;

namespace TestServers.Uploads;

/// <summary>https://learn.microsoft.com/graph/api/driveitem-createuploadsession</summary>
internal sealed class OneDriveUploads(UploadServer server)
{
    private const string Vendor = "onedrive";

    public Task Answer(HttpContext http, string path) => path switch
    {
        "/v1.0/me" => UploadServer.Json(http, 200, new { id = "u1", mail = "ann@demo.example" }),
        "/v1.0/me/drive" => UploadServer.Json(http, 200, new { id = "d1", driveType = "business" }),
        _ when path.EndsWith("/createUploadSession", StringComparison.Ordinal) => UploadServer.Json(http, 200, new
        {
            // The parts say how large the file is.
            uploadUrl = $"{server.Address}/onedrive/{server.Open(Vendor, path.Split(':')[1].Trim('/'))}",
            nextExpectedRanges = (string[])["0-"]
        }),
        _ when path.StartsWith("/onedrive/", StringComparison.Ordinal) => Part(http, path.Split('/')[^1]),
        _ when server.FindFile(Vendor, path.Split(':').ElementAtOrDefault(1)?.Trim('/') ?? "") is { } file =>
            UploadServer.Json(http, 200, Describe(file)),
        _ => Missing(http)
    };

    private async Task Part(HttpContext http, string id)
    {
        if (server.Find(id) is not { } upload)
        {
            await Missing(http);
            return;
        }

        if (UploadServer.Start(http) is { } start)
        {
            if (start != upload.Received)
            {
                await UploadServer.Json(http, 416, new { error = new { code = "invalidRange" } });
                return;
            }

            await server.Take(upload, Vendor, http);
            if (upload.Received == long.Parse(http.Request.Headers.ContentRange.ToString().Split('/')[1], null))
            {
                await UploadServer.Json(http, 201, Describe(server.Complete(id)));
                return;
            }
        }

        await UploadServer.Json(http, 202, new { nextExpectedRanges = (string[])[$"{upload.Received}-"] });
    }

    private static object Describe(UploadedFile file) => new
    {
        id = "item-1",
        name = file.Name,
        size = file.Size,
        eTag = file.Sha256,
        file = new { mimeType = "text/plain", hashes = new { quickXorHash = file.Sha256 } },
        parentReference = new { path = "/drives/d1/root:" }
    };

    private static Task Missing(HttpContext http) => UploadServer.Json(http, 404, new { error = new { code = "itemNotFound" } });
}
