using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace TestServers.Uploads;

/// <summary>
/// Google Drive, OneDrive, Dropbox and Amazon S3 on one free loopback port, as far as uploads of large files need them. Of each file only
/// its size and hash are kept.
/// </summary>
public sealed class UploadServer : IAsyncDisposable
{
    private readonly WebApplication app;
    private readonly ConcurrentDictionary<string, ReceivedUpload> uploads = new();
    private readonly ConcurrentQueue<UploadedFile> files = new();
    private readonly ConcurrentDictionary<string, bool> held = new();
    private readonly TaskCompletionSource released = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ConcurrentQueue<string> begun = new();

    private UploadServer(WebApplication app) => this.app = app;

    public string Address => app.Urls.Single();

    public IReadOnlyCollection<UploadedFile> Files => files;

    /// <summary>The vendor of each upload that was begun.</summary>
    public IReadOnlyCollection<string> Opened => begun;

    /// <summary>From so many bytes of an upload on, parts are taken and not answered before <see cref="Release"/>; null: never.</summary>
    public long? HoldsAfter { get; set; }

    /// <summary>The vendors one of whose uploads is not answered.</summary>
    public IEnumerable<string> Held => held.Keys;

    public static async Task<UploadServer> Start()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0").ConfigureKestrel(kestrel => kestrel.Limits.MaxRequestBodySize = null);
        var server = new UploadServer(builder.Build());
        server.app.Run(server.Answer);
        await server.app.StartAsync();
        return server;
    }

    public void Release()
    {
        HoldsAfter = null;
        released.TrySetResult();
    }

    public async ValueTask DisposeAsync()
    {
        Release();
        using var now = new CancellationTokenSource();
        await now.CancelAsync();
        await app.StopAsync(now.Token);
        await app.DisposeAsync();
    }

    internal string Open(string vendor, string name, long total = long.MaxValue)
    {
        begun.Enqueue(vendor);
        var id = $"{vendor}-{Guid.NewGuid():n}";
        uploads[id] = new ReceivedUpload(vendor, name, total);
        return id;
    }

    internal ReceivedUpload? Find(string id) => uploads.GetValueOrDefault(id);

    /// <summary>Takes the body of a request as the next part of an upload.</summary>
    internal async Task Take(ReceivedUpload upload, string vendor, HttpContext http)
    {
        await upload.Take(http);
        if (HoldsAfter is not { } limit || upload.Received < limit) return;
        held[vendor] = true;
        await released.Task;
    }

    /// <param name="name">Null: the upload was begun with the name.</param>
    internal UploadedFile Complete(string id, string? name = null)
    {
        uploads.TryRemove(id, out var upload);
        var file = upload!.Complete();
        if (name is not null) file = file with { Name = name };
        files.Enqueue(file);
        return file;
    }

    /// <summary>A file at one vendor. Each has its own, and the names may be the same.</summary>
    internal UploadedFile? FindFile(string vendor, string name) => files.FirstOrDefault(file => file.Vendor == vendor && file.Name == name);

    internal static Task Json(HttpContext http, int status, object body)
    {
        (http.Response.StatusCode, http.Response.ContentType) = (status, "application/json");
        return http.Response.WriteAsync(JsonSerializer.Serialize(body));
    }

    internal static async Task Xml(HttpContext http, int status, string body)
    {
        (http.Response.StatusCode, http.Response.ContentType) = (status, "application/xml");
        await http.Response.WriteAsync(body);
    }

    /// <summary>Where a part begins: <c>bytes 0-9/100</c>; null: the request asks how far the upload has come.</summary>
    internal static long? Start(HttpContext http)
    {
        var range = http.Request.Headers.ContentRange.ToString().Replace("bytes ", "", StringComparison.Ordinal);
        return long.TryParse(range.Split('-')[0], out var start) ? start : null;
    }

    private Task Answer(HttpContext http) => (http.Request.Method, http.Request.Path.Value!) switch
    {
        ("POST", var path) when path.EndsWith("/token", StringComparison.Ordinal) => Json(
            http, 200, new { access_token = "access", refresh_token = "refresh", token_type = "bearer", expires_in = 3600 }),
        (_, var path) when path.StartsWith("/v1.0", StringComparison.Ordinal) || path.StartsWith("/onedrive", StringComparison.Ordinal) =>
            new OneDriveUploads(this).Answer(http, path),
        (_, var path) when path.StartsWith("/2/", StringComparison.Ordinal) => new DropboxUploads(this).Answer(http, path),
        (_, var path) when path.StartsWith($"/{ObjectUploads.Bucket}", StringComparison.Ordinal) =>
            new ObjectUploads(this).Answer(http, path),
        (_, var path) => new GoogleUploads(this).Answer(http, path)
    };
}
