using System.Text.Json;
using Connections.Connectors.Catalogue;
using Connections.Connectors.Drives;
using Connections.Connectors.Files;
using Connections.Connectors.Http;
using Connections.Connectors.OAuth;
using Connections.Domain;

namespace Connections.Connectors.OneDrive;

/// <summary>OneDrive and document libraries through Microsoft Graph (https://learn.microsoft.com/graph/api/resources/onedrive).</summary>
internal sealed class OneDriveConnector(
    OAuthApplications applications, GuardedHandlerFactory factory, HttpClientPool clients, Func<IFileStore?> files, TimeProvider clock)
    : DriveConnector(OneDriveEntry.Create(), applications, factory, clients, files, clock)
{
    private const int MaxPages = 100;

    private static readonly KeyValuePair<string, string> Selected = new("$select", DriveItem.Fields);

    protected override string BaseTemplate => "{base}/v1.0/";

    protected override ConnectorResult.Failed Meaning(ApiResponse error) => OneDriveErrors.Judge(error);

    protected override string CheckName(string name) => OneDriveNames.Check(name);

    // The drive is fixed at the sign-in: a person may get another one later.
    protected override async Task<(Account, IReadOnlyDictionary<string, string>)> Identify(DriveApi api, CancellationToken ct)
    {
        var me = await api.Call(HttpMethod.Get, "me", [new("$select", "id,mail,userPrincipalName")], ct);
        var drive = await api.Call(HttpMethod.Get, "me/drive", [new("$select", "id,driveType")], ct);
        return (Json.Id(me, "id"), Json.Id(drive, "id")) is ({ } id, { } kept)
            ? (
                new Account(id, Json.Given(me, "mail") ?? Json.Given(me, "userPrincipalName") ?? id, "id"),
                new Dictionary<string, string> { ["drive"] = kept })
            : throw DriveException.Unavailable("OneDrive did not say whose drive it is.", Delivered.No);
    }

    protected override async Task<JsonElement> List(DriveCall call, CancellationToken ct)
    {
        var (found, next) = (new List<DriveItem>(), Json.Given(call.Input, "cursor"));
        var (query, everywhere) = (Json.Given(call.Input, "query"), DriveCall.Is(call.Vendor, "everywhere"));
        var folder = Place.Find(call, Json.Given(call.Input, "folder"));
        var path = everywhere && query is not null
            ? folder.To($"search(q='{Uri.EscapeDataString(query.Replace("'", "''", StringComparison.Ordinal))}')")
            : folder.To("children");
        for (var page = 0; page < MaxPages; page++)
        {
            var answer = next is null
                ? await call.Api.Call(HttpMethod.Get, path, [Selected, new("$top", $"{Math.Min(call.Limit, 200)}")], ct)
                : DriveApi.Read(await call.Api.Send(Page(call.Api, next), ct));
            var items = Json.Member(answer, "value");
            if (items.ValueKind == JsonValueKind.Array)
                found.AddRange(items.EnumerateArray().Select(DriveItem.Read).Where(Wanted));
            next = Json.Given(answer, "@odata.nextLink");
            if (next is null || found.Count >= call.Limit) break;
        }

        var listed = found.Select(f => f.Listed);
        return next is null
            ? JsonSerializer.SerializeToElement(new { files = listed })
            : JsonSerializer.SerializeToElement(new { files = listed, next });

        // A search of Graph has compared the names already.
        bool Wanted(DriveItem item) => query is null || everywhere || item.Name.Contains(query, StringComparison.OrdinalIgnoreCase);
    }

    protected override async Task<StoredFile> Fetch(DriveCall call, CancellationToken ct)
    {
        var place = Place.Find(call, call.Input.GetProperty("id").GetString());
        var item = await Get(call.Api, place, ct);
        if (item.IsFolder) throw DriveException.Wrong("This is a folder; name a file.");
        if (item.IsPackage) throw DriveException.Wrong("This is a notebook, which has no content of its own.");
        await using var writer = await call.CreateFile(item.Name, item.Type, null, ct);
        var download = new DriveDownload(call.Api, writer);
        var inParts = await download.Run(call.Api.Request(HttpMethod.Get, place.To("content"), []), resumes: true, ct);
        if (inParts && (await Get(call.Api, place, ct)).ETag != item.ETag) throw DriveDownload.Changed();
        return await writer.Complete(ct);
    }

    protected override Task<ConnectorResult> Upload(DriveCall call, string name, OpenFile file, CancellationToken ct) =>
        new OneDriveUpload(call, Place.Find(call, Json.Given(call.Input, "folder")).Child(name), file).Run(ct);

    // A file that is not there is deleted already. OneDrive keeps deleted files in its recycle bin.
    protected override async Task<JsonElement> Delete(DriveCall call, CancellationToken ct)
    {
        var id = call.Input.GetProperty("id").GetString()!;
        var place = Place.Find(call, id);
        try
        {
            var item = await Get(call.Api, place, ct);
            if (item.IsFolder) throw DriveException.Wrong("This is a folder; delete-file deletes files only.");
            IReadOnlyList<KeyValuePair<string, string>> guard = item.ETag is { } tag ? [new("If-Match", tag)] : [];
            await call.Api.Send(call.Api.Request(HttpMethod.Delete, place.Item, [], headers: guard), ct);
        }
        catch (DriveException gone) when (gone.Failure.Kind == FailureKind.NotFound)
        {
        }

        return JsonSerializer.SerializeToElement(new { id });
    }

    internal static async Task<DriveItem> Get(DriveApi api, Place place, CancellationToken ct) =>
        DriveItem.Read(await api.Call(HttpMethod.Get, place.Item, [Selected], ct));

    // Graph's addresses of further pages are used as they are. The token goes only to Graph itself.
    private static ApiRequest Page(DriveApi api, string next) =>
        Uri.TryCreate(next, UriKind.Absolute, out var address) && HttpTarget.GetOrigin(address) == HttpTarget.GetOrigin(api.Base)
            && address.AbsolutePath.StartsWith(api.Base.AbsolutePath, StringComparison.Ordinal) && address.UserInfo.Length == 0
            ? new ApiRequest(HttpMethod.Get, address, [])
            : throw DriveException.Wrong("This is no cursor of OneDrive; list the folder from its beginning.");
}
