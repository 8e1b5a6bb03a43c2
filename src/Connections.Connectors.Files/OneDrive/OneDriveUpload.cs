using Connections.Connectors.Drives;
using Connections.Connectors.Files;

namespace Connections.Connectors.OneDrive;

/// <summary>Uploads a file: a small one in one request, a larger one through an upload session.</summary>
internal sealed class OneDriveUpload(DriveCall call, Place place, OpenFile file)
{
    private const int Small = 4 * 1024 * 1024;

    private string OnConflict => call.Replaces ? "replace" : "fail";

    public async Task<ConnectorResult> Run(CancellationToken ct) => file.File.Size <= Small
        ? new ConnectorResult.Done((await SendSmall(ct)).Uploaded)
        : await new UploadLoop("OneDrive", call.Stage, call.Use.Timeout, call.Clock)
            .Run(new OneDriveSession(call, place, file.File.Size, OnConflict), file, ct);

    // An empty file cannot be sent through a session.
    private async Task<DriveItem> SendSmall(CancellationToken ct)
    {
        var content = new byte[file.File.Size];
        file.Content.Position = 0;
        await file.Content.ReadExactlyAsync(content, ct);
        var request = call.Api.Request(HttpMethod.Put, place.To("content"), [new("@microsoft.graph.conflictBehavior", OnConflict)]);
        var response = await call.Api.Send(request with { Body = content, BodyType = "application/octet-stream" }, ct);
        return DriveItem.Read(DriveApi.Read(response));
    }
}
