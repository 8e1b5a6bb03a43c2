using System.Text;
using System.Text.RegularExpressions;
using System.Web;
using Microsoft.AspNetCore.Http;
using TestServers;

namespace Connectors.Tests.Drives;

/// <summary>Microsoft Graph with the files at the top of one drive, and the server that keeps their bytes under another address.</summary>
internal sealed partial class OneDriveDouble : IAsyncDisposable
{
    private const string Drive = "/v1.0/drives/d1";

    private readonly Dictionary<string, (string Name, int Total, StringBuilder Content)> sessions = [];
    private readonly ApiServer bytes;

    private OneDriveDouble(ApiServer bytes)
    {
        this.bytes = bytes;
        bytes.Answer = async context =>
        {
            var request = bytes.Requests.Last();
            if (Fault is { } fault && await fault(request, context)) return;
            await Bytes(request, context);
        };
    }

    /// <summary>The files by their ids.</summary>
    public Dictionary<string, (string Name, string Content)> Files { get; } = [];

    public int Sessions => sessions.Count;

    /// <summary>The requests to the server that keeps the bytes.</summary>
    public IReadOnlyList<ReceivedRequest> BytesRequests => [.. bytes.Requests];

    /// <summary>Answers in place of the server that keeps the bytes, if it returns true.</summary>
    public Func<ReceivedRequest, HttpContext, Task<bool>>? Fault { get; set; }

    public static async Task<(DriveBench Drive, OneDriveDouble Graph)> Start(TimeProvider? clock = null)
    {
        var graph = new OneDriveDouble(await ApiServer.Start());
        var kept = new Dictionary<string, string> { ["drive"] = "d1" };
        return (await DriveBench.Start("onedrive", graph.Answer, Described, kept, clock), graph);
    }

    public ValueTask DisposeAsync() => bytes.DisposeAsync();

    // The description has no items by path, and no search from the top: they are as those by id.
    private static ReceivedRequest? Described(ReceivedRequest request) => request is { Method: "PUT", Body: "" } ? null : request with
    {
        Target = ByPath().Replace(request.Target, "/items/by-path$1").Replace("/root/search(", "/items/by-path/search(", StringComparison.Ordinal)
    };

    public async Task Answer(ReceivedRequest request, HttpContext context)
    {
        var (path, query) = (request.Target.Split('?')[0], HttpUtility.ParseQueryString(new Uri("http://a" + request.Target).Query));
        var named = Named().Match(path) is { Success: true } match ? Uri.UnescapeDataString(match.Groups[1].Value) : null;
        var id = named is null ? ById().Match(path) is { Success: true } item ? item.Groups[1].Value : null : FindByName(named);
        var answering = (request.Method, path) switch
        {
            ("GET", "/v1.0/me") => DriveBench.Answer(context, 200, new { id = "u1", mail = "ann@demo.example" }),
            ("GET", "/v1.0/me/drive") => DriveBench.Answer(context, 200, new { id = "d1", driveType = "business" }),
            ("GET", $"{Drive}/root/children") => DriveBench.Answer(context, 200, new { value = Files.Keys.Select(Describe) }),
            ("PUT", _) => Put(request, context, named!, query["@microsoft.graph.conflictBehavior"] == "replace"),
            ("POST", _) => Open(request, context, named!),
            _ when id is null || !Files.ContainsKey(id) => Error(context, 404, "itemNotFound"),
            ("GET", _) when path.EndsWith("/content", StringComparison.Ordinal) => Redirect(context, id),
            ("GET", _) => DriveBench.Answer(context, 200, Describe(id)),
            _ => Delete(context, id)
        };
        await answering;
    }

    public static Task Error(HttpContext context, int status, string code) =>
        DriveBench.Answer(context, status, new { error = new { code = "generalException", message = "As Graph says.", innerError = new { code } } });

    private string? FindByName(string name) => Files.FirstOrDefault(f => f.Value.Name == name).Key;

    private object Describe(string id)
    {
        var (name, content) = Files[id];
        return new
        {
            id,
            name,
            size = content.Length,
            eTag = $"\"{id}-{content.Length}-{content.FirstOrDefault()}\"",
            lastModifiedDateTime = "2026-11-01T12:00:00Z",
            file = new { mimeType = "text/plain", hashes = new { quickXorHash = "abc" } },
            parentReference = new { path = "/drives/d1/root:/a%20b" }
        };
    }

    private Task Put(ReceivedRequest request, HttpContext context, string name, bool replace) => FindByName(name) is not null && !replace
        ? Error(context, 409, "nameAlreadyExists")
        : Stored(context, name, request.Body);

    private Task Stored(HttpContext context, string name, string content)
    {
        var id = FindByName(name) ?? $"new-{Files.Count + 1}";
        Files[id] = (name, content);
        return DriveBench.Answer(context, 201, Describe(id));
    }

    private Task Open(ReceivedRequest request, HttpContext context, string name)
    {
        if (FindByName(name) is not null && !request.Body.Contains("replace", StringComparison.Ordinal)) return Error(context, 409, "nameAlreadyExists");
        var session = $"s{sessions.Count + 1}";
        sessions[session] = (name, 0, new StringBuilder());
        return DriveBench.Answer(context, 200, new
        {
            uploadUrl = $"http://127.0.0.1:{bytes.Port}/up/{session}?key=canary-session-55",
            nextExpectedRanges = (string[])["0-"]
        });
    }

    private Task Redirect(HttpContext context, string id)
    {
        context.Response.Headers.Location = $"http://127.0.0.1:{bytes.Port}/down/{id}?key=canary-session-55";
        return DriveBench.Answer(context, 302);
    }

    public async Task Bytes(ReceivedRequest request, HttpContext context)
    {
        Assert.False(request.Headers.ContainsKey("Authorization"), "The token went to another host.");
        var name = request.Target.Split('?')[0].Split('/')[^1];
        if (request.Target.StartsWith("/down/", StringComparison.Ordinal)) await Down(request, context, Files[name].Content);
        else if (!sessions.TryGetValue(name, out var session)) await Error(context, 404, "itemNotFound");
        else await Part(request, context, name, session.Name, session.Content);
    }

    private async Task Part(ReceivedRequest request, HttpContext context, string session, string name, StringBuilder content)
    {
        var range = request.Headers.TryGetValue("Content-Range", out var given) ? ContentRange().Match(given) : null;
        if (range is not null && int.Parse(range.Groups[1].Value, null) != content.Length)
        {
            await Error(context, 416, "invalidRange");
            return;
        }

        if (range is not null) content.Append(request.Body);
        if (range is not null && content.Length == int.Parse(range.Groups[2].Value, null))
        {
            sessions.Remove(session);
            sessions[$"{session} is over"] = default;
            await Stored(context, name, content.ToString());
        }
        else await DriveBench.Answer(context, range is null ? 200 : 202, new { nextExpectedRanges = (string[])[$"{content.Length}-"] });
    }

    private static Task Down(ReceivedRequest request, HttpContext context, string content)
    {
        if (!request.Headers.TryGetValue("Range", out var range)) return context.Response.WriteAsync(content);
        var from = int.Parse(range["bytes=".Length..^1], null);
        (context.Response.StatusCode, context.Response.Headers.ContentRange) = (206, $"bytes {from}-{content.Length - 1}/{content.Length}");
        return context.Response.WriteAsync(content[from..]);
    }

    private Task Delete(HttpContext context, string id)
    {
        Files.Remove(id);
        return DriveBench.Answer(context, 204);
    }

    [GeneratedRegex(@"/items/([^/:]+)(?:/content)?$")]
    private static partial Regex ById();

    [GeneratedRegex(@":/([^/:]+):?(?:/|$)")]
    private static partial Regex Named();

    [GeneratedRegex(@"/(?:root|items/[^/:]+):/[^:]*:?(/[^?]*|$|(?=\?))")]
    private static partial Regex ByPath();

    [GeneratedRegex(@"^bytes (\d+)-\d+/(\d+)$")]
    private static partial Regex ContentRange();
}
