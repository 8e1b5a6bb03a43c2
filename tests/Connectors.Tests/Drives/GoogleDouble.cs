using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using System.Web;
using Microsoft.AspNetCore.Http;
using TestServers;

namespace Connectors.Tests.Drives;

/// <summary>Google Drive with the files of one folder.</summary>
internal sealed partial class GoogleDouble
{
    private readonly Dictionary<string, (string Id, int Total, StringBuilder Content)> sessions = [];
    private readonly Dictionary<string, string> names = [];
    private int ids;

    public Dictionary<string, GoogleDoubleFile> Files { get; } = [];

    public int Sessions => sessions.Count;

    /// <summary>The pages of the next lists, each with the ids of its files; empty: one page with all files.</summary>
    public List<string[]> Pages { get; } = [];

    public static async Task<(DriveBench Drive, GoogleDouble Google)> Start(TimeProvider? clock = null)
    {
        var google = new GoogleDouble();
        return (await DriveBench.Start("google-drive", google.Answer, Described, clock: clock), google);
    }

    private static ReceivedRequest? Described(ReceivedRequest request) =>
        request.Target.StartsWith("/session", StringComparison.Ordinal) ? null : request;

    public async Task Answer(ReceivedRequest request, HttpContext context)
    {
        var (path, query) = (request.Target.Split('?')[0], HttpUtility.ParseQueryString(new Uri("http://a" + request.Target).Query));
        var id = path.Split('/') is [.., "files", var named] ? named : path.Split('/')[^1] == "export" ? path.Split('/')[^2] : "";
        var answering = (request.Method, path) switch
        {
            ("GET", "/drive/v3/about") => Reply(context, new { user = new { permissionId = "0612", emailAddress = "ann@demo.example" } }),
            ("GET", "/drive/v3/files") => List(context, query["pageToken"]),
            ("GET", "/drive/v3/files/generateIds") => Reply(context, new { ids = (string[])[$"new-{++ids}"] }),
            ("PUT", _) => Put(request, context, path.Split('/')[^1]),
            (_, "/upload/drive/v3/files") => Upload(request, context, query["uploadType"]!, null),
            ("PATCH", _) when path.StartsWith("/upload", StringComparison.Ordinal) => Upload(request, context, query["uploadType"]!, id),
            _ when !Files.ContainsKey(id) => Error(context, 404, "notFound"),
            ("GET", _) when path.EndsWith("/export", StringComparison.Ordinal) => Text(request, context, $"{Files[id].Content} as {query["mimeType"]}"),
            ("GET", _) when query["alt"] == "media" => Text(request, context, Files[id].Content),
            ("GET", _) => Reply(context, Describe(id)),
            ("PATCH", _) => Trash(context, id),
            ("DELETE", _) => Delete(context, id),
            _ => Error(context, 405, "notAllowed")
        };
        await answering;
    }

    public static Task Error(HttpContext context, int status, string reason) =>
        DriveBench.Answer(context, status, new { error = new { code = status, message = "As Google says.", errors = new[] { new { reason } } } });

    private static Task Reply(HttpContext context, object body) => DriveBench.Answer(context, 200, body);

    private Dictionary<string, object> Describe(string id)
    {
        var file = Files[id];
        var described = new Dictionary<string, object>
        {
            ["id"] = id,
            ["name"] = file.Name,
            ["mimeType"] = file.Type,
            ["modifiedTime"] = "2026-11-01T12:00:00.000Z"
        };
        if (file.Target is { } target) described["shortcutDetails"] = new { targetId = target };
        if (!file.Type.StartsWith("application/vnd.google-apps.", StringComparison.Ordinal))
            (described["size"], described["md5Checksum"]) = ($"{file.Content.Length}", $"{file.Content.GetHashCode(StringComparison.Ordinal):x}");
        return described;
    }

    private Task List(HttpContext context, string? page)
    {
        if (Pages.Count == 0) return Reply(context, new { files = Files.Keys.Select(Describe) });
        var number = page is null ? 0 : int.Parse(page, null);
        var files = Pages[number].Select(Describe);
        return number == Pages.Count - 1 ? Reply(context, new { files }) : Reply(context, new { files, nextPageToken = $"{number + 1}" });
    }

    private static Task Text(ReceivedRequest request, HttpContext context, string content)
    {
        if (!request.Headers.TryGetValue("Range", out var range)) return context.Response.WriteAsync(content);
        var from = int.Parse(range["bytes=".Length..^1], null);
        (context.Response.StatusCode, context.Response.Headers.ContentRange) = (206, $"bytes {from}-{content.Length - 1}/{content.Length}");
        return context.Response.WriteAsync(content[from..]);
    }

    private async Task Upload(ReceivedRequest request, HttpContext context, string type, string? replaced)
    {
        var metadata = type == "multipart" ? request.Body.Split("\r\n\r\n")[1].Split("\r\n--")[0] : request.Body;
        using var json = JsonDocument.Parse(metadata);
        var id = replaced ?? json.RootElement.GetProperty("id").GetString()!;
        if (replaced is null && Files.ContainsKey(id))
        {
            await Error(context, 409, "fileIdInUse");
            return;
        }

        var name = json.RootElement.GetProperty("name").GetString()!;
        if (type == "multipart")
        {
            Files[id] = new GoogleDoubleFile(name, request.Body.Split("\r\n\r\n", 3)[2].Split("\r\n--")[0]);
            await Reply(context, Describe(id));
            return;
        }

        var session = $"s{sessions.Count + 1}";
        sessions[session] = (id, int.Parse(request.Headers["X-Upload-Content-Length"], null), new StringBuilder());
        names[id] = name;
        context.Response.Headers.Location = $"http://{context.Request.Host}/session/{session}?upload_id=canary-session-55";
        await DriveBench.Answer(context, 200);
    }

    private Task Put(ReceivedRequest request, HttpContext context, string session)
    {
        var (id, total, content) = sessions[session];
        var range = ContentRange().Match(request.Headers["Content-Range"]);
        Assert.Equal(total, int.Parse(range.Groups[2].Value, null));
        if (range.Groups[1].Success)
        {
            if (int.Parse(range.Groups[1].Value, null) != content.Length) return Error(context, 416, "range");
            content.Append(request.Body);
        }

        if (content.Length == total)
        {
            Files[id] = new GoogleDoubleFile(names[id], content.ToString());
            return Reply(context, Describe(id));
        }

        if (content.Length > 0) context.Response.Headers.Range = $"bytes=0-{content.Length - 1}";
        return DriveBench.Answer(context, 308);
    }

    private Task Trash(HttpContext context, string id)
    {
        Files[id] = Files[id] with { Trashed = true };
        return Reply(context, new { id });
    }

    private Task Delete(HttpContext context, string id)
    {
        Files.Remove(id);
        return DriveBench.Answer(context, 204);
    }

    [GeneratedRegex(@"^bytes (?:(\d+)-\d+|\*)/(\d+)$")]
    private static partial Regex ContentRange();
}

internal sealed record GoogleDoubleFile(string Name, string Content, string Type = "text/plain", string? Target = null, bool Trashed = false);
