using Connections.Credentials.Vault;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Time.Testing;
using TestServers;

namespace Files.Tests.Harness;

/// <summary>A bucket by a script, for what the servers of the other tests cannot do, and a host that uses it.</summary>
internal sealed class ScriptedBucket : IAsyncDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("files-");
    private readonly ApiServer server;
    private VaultDatabase? database;
    private FileHost? host;
    private string? marker;

    private ScriptedBucket(ApiServer server) => this.server = server;

    /// <summary>Answers a request of a kind such as <c>GET list-type</c>; false: the usual answer is given.</summary>
    public Func<string, HttpContext, Task<bool>> Script { get; set; } = (_, _) => Task.FromResult(false);

    /// <summary>The objects that were written years ago.</summary>
    public List<string> Objects { get; } = [];

    /// <summary>The keys of uploads that were begun years ago, and have no parts.</summary>
    public List<string> Uploads { get; } = [];

    public FakeTimeProvider Clock { get; } = new(TimeProvider.System.GetUtcNow());

    public FileHost Host => host!;

    /// <summary>The keys that requests of a method deleted.</summary>
    public IEnumerable<string> Removed => server.Requests.Where(r => r.Method == "DELETE")
        .Select(r => Uri.UnescapeDataString(r.Target.Split('?')[0]["/files/".Length..]));

    public IReadOnlyList<ReceivedRequest> Requests => [.. server.Requests];

    public static async Task<ScriptedBucket> Start(Func<string, HttpContext, Task<bool>>? script = null)
    {
        var bucket = new ScriptedBucket(await ApiServer.Start());
        if (script is not null) bucket.Script = script;
        bucket.server.Answer = bucket.Answer;
        bucket.database = VaultDatabase.Sqlite(Path.Combine(bucket.folder.FullName, "vault.db"));
        bucket.host = await FileHost.Start(bucket.database, bucket.Clock, null, bucket: new Dictionary<string, string?>
        {
            ["Files:Bucket:Name"] = "files",
            ["Files:Bucket:Endpoint"] = $"http://127.0.0.1:{bucket.server.Port}",
            ["Files:Bucket:AccessKeyId"] = "key",
            ["Files:Bucket:SecretAccessKey"] = "secret"
        });
        return bucket;
    }

    public static string Key(Guid id) => $"{id.ToString()[..2]}/{id}";

    public Task Sweep(TimeSpan after = default)
    {
        Clock.Advance(after);
        return Host.Sweep.Run(Clock.GetUtcNow(), TimeSpan.FromDays(3), default);
    }

    public static async Task<bool> Error(HttpContext context, int status, string code)
    {
        (context.Response.StatusCode, context.Response.ContentType) = (status, "application/xml");
        await context.Response.WriteAsync($"<Error><Code>{code}</Code><Message>Because.</Message></Error>");
        return true;
    }

    public async ValueTask DisposeAsync()
    {
        if (host is not null) await host.DisposeAsync();
        if (database is not null) await database.Sql.DisposeAsync();
        await server.DisposeAsync();
        folder.Delete(recursive: true);
    }

    private async Task Answer(HttpContext context)
    {
        var kind = Kind(context.Request);
        if (await Script(kind, context)) return;
        context.Response.ContentType = "application/xml";
        switch (kind)
        {
            case "GET store-id" when marker is null:
                await Error(context, 404, "NoSuchKey");
                break;
            case "GET store-id":
                await context.Response.WriteAsync(marker);
                break;
            case "PUT store-id":
                marker = server.Requests.Last(r => r.Method == "PUT").Body;
                break;
            case "GET uploads":
                await context.Response.WriteAsync(Page("ListMultipartUploadsResult", Uploads.Select(ShowUpload)));
                break;
            case "GET uploadId":
                await context.Response.WriteAsync(Page("ListPartsResult", []));
                break;
            case "GET list-type":
                await context.Response.WriteAsync(Page("ListBucketResult", Objects.Select(ShowObject)));
                break;
            case "DELETE" or "DELETE uploadId":
                context.Response.StatusCode = 204;
                break;
            default:
                context.Response.Headers.ETag = "\"tag\"";
                break;
        }
    }

    /// <summary>The method, and the name of the query that tells the requests with this method apart.</summary>
    private static string Kind(HttpRequest request)
    {
        if (request.Path.Value!.EndsWith("/store-id", StringComparison.Ordinal)) return $"{request.Method} store-id";
        return ((string[])["uploads", "uploadId", "list-type"]).FirstOrDefault(request.Query.ContainsKey) is { } name
            ? $"{request.Method} {name}" : request.Method;
    }

    private static string Page(string name, IEnumerable<string> items) =>
        $"<{name}><Name>files</Name><IsTruncated>false</IsTruncated>{string.Concat(items)}</{name}>";

    private static string ShowObject(string key) =>
        $"<Contents><Key>{key}</Key><LastModified>2020-01-01T00:00:00.000Z</LastModified><Size>1</Size></Contents>";

    private static string ShowUpload(string key) =>
        $"<Upload><Key>{key}</Key><UploadId>up-1</UploadId><Initiated>2020-01-01T00:00:00.000Z</Initiated></Upload>";
}
