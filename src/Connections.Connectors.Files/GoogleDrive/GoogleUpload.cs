using System.Text;
using System.Text.Json;
using Connections.Connectors.Catalogue;
using Connections.Connectors.Drives;
using Connections.Connectors.Files;
using Connections.Connectors.Http;
using Connections.Domain;

namespace Connections.Connectors.GoogleDrive;

/// <summary>
/// Uploads a file (https://developers.google.com/workspace/drive/api/guides/manage-uploads). A new file gets its id before it is sent: a
/// second upload with the id is rejected, so that a lost answer leads to no second file.
/// </summary>
internal sealed class GoogleUpload(DriveCall call, string name, OpenFile file)
{
    private const int Small = 5 * 1024 * 1024;
    private const int Exists = 409;
    private const int MaxSessions = 3;

    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(1);

    private readonly GoogleFiles google = new(call.Api);

    private long Size => file.File.Size;

    public async Task<ConnectorResult> Run(CancellationToken ct)
    {
        var plan = call.Stage.Current is { } stored ? Plan.Read(stored) : await Begin(ct);
        if (Size <= Small) return Done(await SendSmall(plan, ct));
        var loop = new UploadLoop(call.Stage, call.Use.Timeout, call.Clock);
        for (var opened = 0; opened < MaxSessions;)
        {
            var resumed = plan.Session is not null;
            if (!resumed)
            {
                opened++;
                if (await Open(plan, ct) is not { } session) return Done(await google.Get(plan.Id, ct));
                plan = plan with { Session = session };
            }

            var answer = await loop.Run(new GoogleSession(call.Api, plan.Session!), file, _ => plan.Json, resumed, ct);
            if (answer is null) return new ConnectorResult.Pending(Soon);
            if (answer is SessionAnswer.Stored uploaded) return Done(GoogleFile.Read(uploaded.Item));
            plan = plan with { Session = null }; // it lives for a week
        }

        throw DriveException.Unavailable("Google Drive ended each upload session before the file was complete.", Delivered.Maybe);
    }

    private static ConnectorResult.Done Done(GoogleFile uploaded) => new(uploaded.Uploaded);

    // Names are not unique in a folder of Drive.
    private async Task<Plan> Begin(CancellationToken ct)
    {
        var folder = GoogleFiles.Folder(call.Input);
        var query = $"trashed = false and {GoogleFiles.Quote(folder)} in parents and name = {GoogleFiles.Quote(name)}"
            + $" and mimeType != '{GoogleFormats.Folder}'";
        var (same, _) = await google.List(query, 2, null, null, ct);
        if (same.Count > 0 && !call.Replaces)
            throw DriveException.Wrong("There is another file with this name; set replace, or choose another name.");
        if (same.Count > 1)
            throw DriveException.Wrong("Several files in the folder have this name. Delete all but one, or choose another name.");
        var plan = same.Count == 1 ? new Plan(same[0].Id, null) : new Plan(await NewId(ct), folder);
        await call.Stage.Save(plan.Json, new StageProgress(0, Size, "bytes"), resumable: true, ct);
        return plan;
    }

    private async Task<string> NewId(CancellationToken ct)
    {
        var made = await call.Api.Call(HttpMethod.Get, "drive/v3/files/generateIds", [new("count", "1"), new("fields", "ids")], ct);
        var ids = Json.Member(made, "ids");
        return ids.ValueKind == JsonValueKind.Array && ids.GetArrayLength() > 0 && Json.Given(Json.Text(ids[0])) is { } id
            ? id
            : throw DriveException.Unavailable("Google Drive made no id for the file.", Delivered.No);
    }

    private async Task<GoogleFile> SendSmall(Plan plan, CancellationToken ct)
    {
        var boundary = $"part-{Guid.NewGuid():n}"; // a foreign file may hold any fixed one
        var content = new byte[Size];
        file.Content.Position = 0;
        await file.Content.ReadExactlyAsync(content, ct);
        byte[] body =
        [
            .. Encoding.UTF8.GetBytes($"--{boundary}\r\nContent-Type: application/json; charset=UTF-8\r\n\r\n{Metadata(plan)}\r\n"),
            .. Encoding.UTF8.GetBytes($"--{boundary}\r\nContent-Type: {Type}\r\n\r\n"), .. content,
            .. Encoding.UTF8.GetBytes($"\r\n--{boundary}--\r\n")
        ];
        var request = Start(plan, "multipart") with { Body = body, BodyType = $"multipart/related; boundary={boundary}" };
        var response = await call.Api.Send(request, ct, null, plan.IsNew ? [Exists] : []);
        return response.Status == Exists ? await google.Get(plan.Id, ct) : GoogleFile.Read(DriveApi.Read(response));
    }

    /// <returns>The address of the session; null if the file exists already.</returns>
    private async Task<string?> Open(Plan plan, CancellationToken ct)
    {
        var request = Start(plan, "resumable") with
        {
            Body = Encoding.UTF8.GetBytes(Metadata(plan)),
            BodyType = "application/json; charset=UTF-8",
            Headers = [new("X-Upload-Content-Type", Type), new("X-Upload-Content-Length", $"{Size}")]
        };
        var response = await call.Api.Send(request, ct, null, plan.IsNew ? [Exists] : []);
        if (response.Status == Exists) return null;
        return DriveApi.Header(response, "location") is { Length: > 0 } address
            ? address
            : throw DriveException.Unavailable("Google Drive gave no address for the upload.", Delivered.No);
    }

    private ApiRequest Start(Plan plan, string type) => call.Api.Request(
        plan.IsNew ? HttpMethod.Post : HttpMethod.Patch,
        plan.IsNew ? "upload/drive/v3/files" : $"upload/{GoogleFiles.Path(plan.Id)}",
        [new("uploadType", type), new("fields", GoogleFile.Fields), GoogleFiles.AllDrives]);

    private string Metadata(Plan plan) => JsonSerializer.Serialize<object>(
        plan.IsNew ? new { id = plan.Id, name, parents = (string[])[plan.Folder!] } : new { name });

    private string Type => file.File.ContentType.Any(char.IsControl) ? "application/octet-stream" : file.File.ContentType;

    /// <param name="Id">Of the new file, or of the one that is replaced.</param>
    /// <param name="Folder">Of the new file; null: another file is replaced.</param>
    private sealed record Plan(string Id, string? Folder, string? Session = null)
    {
        public bool IsNew => Folder is not null;

        public JsonElement Json => JsonSerializer.SerializeToElement(new { id = Id, folder = Folder, session = Session });

        public static Plan Read(JsonElement stored) => new(
            stored.GetProperty("id").GetString()!, Catalogue.Json.Given(stored, "folder"), Catalogue.Json.Given(stored, "session"));
    }
}
