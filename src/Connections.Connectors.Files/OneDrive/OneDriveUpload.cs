using System.Text.Json;
using Connections.Connectors.Catalogue;
using Connections.Connectors.Drives;
using Connections.Connectors.Files;
using Connections.Domain;

namespace Connections.Connectors.OneDrive;

/// <summary>
/// Uploads a file: a small one in one request, a larger one through an upload session
/// (https://learn.microsoft.com/graph/api/driveitem-createuploadsession).
/// </summary>
internal sealed class OneDriveUpload(DriveCall call, Place place, OpenFile file)
{
    private const int Small = 4 * 1024 * 1024;
    private const int MaxSessions = 3;

    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(1);

    private long Size => file.File.Size;

    private string OnConflict => call.Replaces ? "replace" : "fail";

    public async Task<ConnectorResult> Run(CancellationToken ct)
    {
        if (Size <= Small) return Done(await SendSmall(ct));
        var plan = call.Stage.Current is { } stored ? Plan.Read(stored) : null;
        var loop = new UploadLoop(call.Stage, call.Use.Timeout, call.Clock);
        for (var opened = 0; opened < MaxSessions;)
        {
            var resumed = plan is not null;
            if (!resumed) opened++;
            plan ??= new Plan(await Open(ct), (await Find(ct))?.ETag, 0);
            var session = new OneDriveSession(call.Api, plan.Session);
            var answer = await loop.Run(session, file, offset => (plan = plan with { Offset = offset }).Json, resumed, ct);
            if (answer is null) return new ConnectorResult.Pending(Soon);
            if (answer is SessionAnswer.Stored uploaded) return Done(DriveItem.Read(uploaded.Item));
            // The session has expired, or its last part came and the answer was lost. Another file may have the same name and size.
            if (resumed && plan.Offset + session.PartSize >= Size && await Find(ct) is { } found && found.Size == Size && found.ETag != plan.Before)
                return Done(found);
            plan = null;
        }

        throw DriveException.Unavailable("OneDrive ended each upload session before the file was complete.", Delivered.Maybe);
    }

    private static ConnectorResult.Done Done(DriveItem item) => new(item.Uploaded);

    // An empty file cannot be sent through a session.
    private async Task<DriveItem> SendSmall(CancellationToken ct)
    {
        var content = new byte[Size];
        file.Content.Position = 0;
        await file.Content.ReadExactlyAsync(content, ct);
        var request = call.Api.Request(HttpMethod.Put, place.To("content"), [new("@microsoft.graph.conflictBehavior", OnConflict)]);
        var response = await call.Api.Send(request with { Body = content, BodyType = "application/octet-stream" }, ct);
        return DriveItem.Read(DriveApi.Read(response));
    }

    private async Task<string> Open(CancellationToken ct)
    {
        var item = new Dictionary<string, string> { ["@microsoft.graph.conflictBehavior"] = OnConflict };
        var body = JsonSerializer.SerializeToElement(new { item });
        try
        {
            var opened = await call.Api.Call(HttpMethod.Post, place.To("createUploadSession"), [], ct, body);
            return Json.Given(opened, "uploadUrl")
                ?? throw DriveException.Unavailable("OneDrive gave no address for the upload.", Delivered.No);
        }
        catch (DriveException failed)
        {
            throw new DriveException(failed.Failure with { Delivered = Delivered.No }); // a session without its parts makes no file
        }
    }

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

    /// <param name="Before">The version of the file of this name when the session was opened; null if there was none.</param>
    /// <param name="Offset">All bytes before it have arrived.</param>
    private sealed record Plan(string Session, string? Before, long Offset)
    {
        public JsonElement Json => JsonSerializer.SerializeToElement(new { session = Session, before = Before, offset = Offset });

        public static Plan? Read(JsonElement stored) => Catalogue.Json.Given(stored, "session") is { } session
            ? new Plan(session, Catalogue.Json.Given(stored, "before"), (long)(Catalogue.Json.Number(stored, "offset") ?? 0))
            : null;
    }
}
