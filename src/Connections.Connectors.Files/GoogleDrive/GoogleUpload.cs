using System.Text;
using System.Text.Json;
using Connections.Connectors.Catalogue;
using Connections.Connectors.Drives;
using Connections.Connectors.Files;
using Connections.Domain;

namespace Connections.Connectors.GoogleDrive;

/// <summary>
/// Uploads a file (https://developers.google.com/workspace/drive/api/guides/manage-uploads). A new file gets its id before it is sent: a
/// second upload with the id is rejected, so that a lost answer leads to no second file.
/// </summary>
internal sealed class GoogleUpload(DriveCall call, string name, OpenFile file)
{
    private const int Small = 5 * 1024 * 1024;

    private readonly GoogleFiles google = new(call.Api);

    private long Size => file.File.Size;

    public async Task<ConnectorResult> Run(CancellationToken ct)
    {
        var plan = call.Stage.Current is { } stored ? GooglePlan.Read(stored) : await Begin(ct);
        return Size <= Small
            ? new ConnectorResult.Done((await SendSmall(plan, ct)).Uploaded)
            : await new UploadLoop("Google Drive", call.Stage, call.Use.Timeout, call.Clock)
                .Run(new GoogleSession(call.Api, plan, name, file.File), file, ct);
    }

    // Names are not unique in a folder of Drive.
    private async Task<GooglePlan> Begin(CancellationToken ct)
    {
        var folder = GoogleFiles.Folder(call.Input);
        var query = $"trashed = false and {GoogleFiles.Quote(folder)} in parents and name = {GoogleFiles.Quote(name)}"
            + $" and mimeType != '{GoogleFormats.Folder}'";
        var (same, _) = await google.List(query, 2, null, null, ct);
        if (same.Count > 0 && !call.Replaces)
            throw DriveException.Wrong("There is another file with this name; set replace, or choose another name.");
        if (same.Count > 1)
            throw DriveException.Wrong("Several files in the folder have this name. Delete all but one, or choose another name.");
        var plan = same.Count == 1 ? new GooglePlan(same[0].Id, null) : new GooglePlan(await NewId(ct), folder);
        await call.Stage.Save(plan.State, new StageProgress(0, Size, "bytes"), resumable: true, ct);
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

    private async Task<GoogleFile> SendSmall(GooglePlan plan, CancellationToken ct)
    {
        var boundary = $"part-{Guid.NewGuid():n}"; // a foreign file may hold any fixed one
        var content = new byte[Size];
        file.Content.Position = 0;
        await file.Content.ReadExactlyAsync(content, ct);
        byte[] body =
        [
            .. Encoding.UTF8.GetBytes($"--{boundary}\r\nContent-Type: application/json; charset=UTF-8\r\n\r\n{plan.Metadata(name)}\r\n"),
            .. Encoding.UTF8.GetBytes($"--{boundary}\r\nContent-Type: {GooglePlan.Type(file.File)}\r\n\r\n"), .. content,
            .. Encoding.UTF8.GetBytes($"\r\n--{boundary}--\r\n")
        ];
        var request = plan.Request(call.Api, "multipart") with { Body = body, BodyType = $"multipart/related; boundary={boundary}" };
        return await plan.Send(call.Api, request, ct) is { } response
            ? GoogleFile.Read(DriveApi.Read(response))
            : await google.Get(plan.Id, ct);
    }
}
