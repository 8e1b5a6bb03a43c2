using System.Text.Json;
using Connections.Connectors.Catalogue;
using Connections.Connectors.Drives;
using Connections.Connectors.Files;
using Connections.Connectors.Http;
using Connections.Connectors.OAuth;
using Connections.Domain;

namespace Connections.Connectors.GoogleDrive;

/// <summary>Google Drive (https://developers.google.com/workspace/drive/api/reference/rest/v3).</summary>
internal sealed class GoogleDriveConnector(
    OAuthApplications applications, GuardedHandlerFactory factory, HttpClientPool clients, Func<IFileStore?> files, TimeProvider clock)
    : DriveConnector(GoogleDriveEntry.Create(), applications, factory, clients, files, clock)
{
    private const int MaxPages = 100;

    protected override string BaseTemplate => "{base}/";

    protected override ConnectorResult.Failed Meaning(ApiResponse error) => GoogleErrors.Judge(error);

    // Drive takes any text as a name, also ../ and names of any length.
    protected override string CheckName(string name) => DriveNames.Check(name, longest: 1024);

    // https://developers.google.com/workspace/drive/api/reference/rest/v3/about/get: the permission id never changes, the address may.
    protected override async Task<(Account, IReadOnlyDictionary<string, string>)> Identify(DriveApi api, CancellationToken ct)
    {
        var about = await api.Call(HttpMethod.Get, "drive/v3/about", [new("fields", "user(permissionId,emailAddress,displayName)")], ct);
        var user = Json.Member(about, "user");
        return Json.Id(user, "permissionId") is { } id
            ? (
                new Account(id, Json.Given(user, "emailAddress") ?? Json.Given(user, "displayName") ?? id, "permission-id"),
                new Dictionary<string, string>())
            : throw DriveException.Unavailable("Google Drive did not say whose account it is.", Delivered.No);
    }

    // Pages may be short or empty before the end: only the missing token ends the list.
    protected override async Task<JsonElement> List(DriveCall call, CancellationToken ct)
    {
        var (found, next) = (new List<GoogleFile>(), Json.Given(call.Input, "cursor"));
        var drive = Json.Given(call.Vendor, "drive");
        var (query, google) = (Query(call, drive), new GoogleFiles(call.Api));
        for (var page = 0; page < MaxPages; page++)
        {
            (var files, next) = await google.List(query, call.Limit - found.Count, next, drive, ct);
            found.AddRange(files);
            if (next is null || found.Count >= call.Limit) break;
        }

        return ListedFile.Listing(found.Select(file => file.Listed), next);
    }

    protected override async Task<StoredFile> Fetch(DriveCall call, CancellationToken ct)
    {
        var google = new GoogleFiles(call.Api);
        var file = await google.Get(call.Input.GetProperty("id").GetString()!, ct);
        if (file is { Type: GoogleFormats.Shortcut, Target: { } target }) file = await google.Get(target, ct);
        if (file.IsFolder) throw DriveException.Wrong("This is a folder; name a file.");
        return GoogleFormats.IsDocument(file.Type) ? await Export(call, file, ct) : await Download(call, google, file, ct);
    }

    protected override Task<ConnectorResult> Upload(DriveCall call, string name, OpenFile file, CancellationToken ct) =>
        new GoogleUpload(call, name, file).Run(ct);

    // A file that is not there is deleted already.
    protected override async Task<JsonElement> Delete(DriveCall call, CancellationToken ct)
    {
        var (id, permanent) = (call.Input.GetProperty("id").GetString()!, DriveCall.Is(call.Vendor, "permanent"));
        try
        {
            var file = await new GoogleFiles(call.Api).Get(id, ct);
            if (file.IsFolder) throw DriveException.Wrong("This is a folder; delete-file deletes files only.");
            if (permanent) await call.Api.Send(call.Api.Request(HttpMethod.Delete, GoogleFiles.Path(id), [GoogleFiles.AllDrives]), ct);
            else await call.Api.Call(HttpMethod.Patch, GoogleFiles.Path(id), [GoogleFiles.AllDrives, new("fields", "id")], ct, Trashed);
        }
        catch (DriveException gone) when (gone.Failure.Kind == FailureKind.NotFound)
        {
        }

        return JsonSerializer.SerializeToElement(new { id });
    }

    private static readonly JsonElement Trashed = JsonSerializer.SerializeToElement(new { trashed = true });

    private static string Query(DriveCall call, string? drive)
    {
        var parts = new List<string> { "trashed = false" };
        if (!DriveCall.Is(call.Vendor, "everywhere"))
            parts.Add($"{GoogleFiles.Quote(GoogleFiles.Folder(call.Input, drive ?? GoogleFiles.Root))} in parents");
        if (Json.Given(call.Input, "query") is { } text) parts.Add($"name contains {GoogleFiles.Quote(text)}");
        return string.Join(" and ", parts);
    }

    private static async Task<StoredFile> Download(DriveCall call, GoogleFiles google, GoogleFile file, CancellationToken ct)
    {
        await using var writer = await call.CreateFile(file.Name, file.Type, file.Size, ct);
        var download = new DriveDownload(call.Api, writer);
        var inParts = await download.Run(
            call.Api.Request(HttpMethod.Get, GoogleFiles.Path(file.Id), [new("alt", "media"), GoogleFiles.AllDrives]), resumes: true, ct);
        if (file.Size is { } size && download.Written != size) throw DriveDownload.Changed();
        if (inParts && (await google.Get(file.Id, ct)).Md5 != file.Md5) throw DriveDownload.Changed();
        return await writer.Complete(ct);
    }

    private static async Task<StoredFile> Export(DriveCall call, GoogleFile file, CancellationToken ct)
    {
        if (GoogleFormats.Find(file.Type, Json.Given(call.Vendor, "format")) is not var (extension, type))
            throw DriveException.Wrong("Such a Google document has no content of its own; name a format in vendor.format.");
        await using var writer = await call.CreateFile($"{file.Name}.{extension}", type, null, ct);
        await new DriveDownload(call.Api, writer).Run(
            call.Api.Request(HttpMethod.Get, $"{GoogleFiles.Path(file.Id)}/export", [new("mimeType", type)]), resumes: false, ct);
        return await writer.Complete(ct);
    }
}
