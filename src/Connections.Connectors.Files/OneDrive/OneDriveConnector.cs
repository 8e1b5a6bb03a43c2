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
    private const int LargestPage = 200;

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
        var (query, everywhere) = (Json.Given(call.Input, "query"), DriveCall.Is(call.Vendor, "everywhere"));
        var (found, cursor) = (new List<ListedFile>(), PageCursor.Parse(Json.Given(call.Input, "cursor")));
        var request = cursor.Page is { } given ? Page(call.Api, given) : First(call, everywhere ? query : null);
        for (var page = 1; ; page++)
        {
            var answer = DriveApi.Read(await call.Api.Send(request, ct));
            foreach (var item in Items(answer, cursor.After).Where(Wanted))
            {
                if (found.Count == call.Limit)
                    return ListedFile.Listing(found, $"{new PageCursor(request.Address.AbsoluteUri, found[^1].Id)}");
                found.Add(item.Listed);
            }

            var next = Json.Given(answer, "@odata.nextLink");
            if (next is null || found.Count == call.Limit || page == MaxPages) return ListedFile.Listing(found, next);
            (request, cursor) = (Page(call.Api, next), new PageCursor(next, null));
        }

        // A search of Graph has compared the names already.
        bool Wanted(DriveItem item) => query is null || everywhere || item.Name.Contains(query, StringComparison.OrdinalIgnoreCase);
    }

    private static ApiRequest First(DriveCall call, string? search)
    {
        var folder = Place.Find(call, Json.Given(call.Input, "folder"));
        var path = search is null
            ? folder.To("children")
            : folder.To($"search(q='{Uri.EscapeDataString(search.Replace("'", "''", StringComparison.Ordinal))}')");
        return call.Api.Request(HttpMethod.Get, path, [Selected, new("$top", $"{Math.Min(call.Limit, LargestPage)}")]);
    }

    /// <param name="after">The last item of the page that was listed before. If it is gone, the page is listed from its beginning.</param>
    private static IEnumerable<DriveItem> Items(JsonElement page, string? after)
    {
        var value = Json.Member(page, "value");
        var items = value.ValueKind == JsonValueKind.Array ? value.EnumerateArray().Select(DriveItem.Read).ToList() : [];
        return items.Skip(items.FindIndex(item => item.Id == after) + 1);
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
