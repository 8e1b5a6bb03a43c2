using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using Connectors.Tests.Amazon;
using Microsoft.AspNetCore.Http;
using TestServers;

namespace Connectors.Tests.S3;

/// <summary>
/// S3 and STS by a script. What the script leaves open is answered as the real ones do. Each request is held to Amazon's description, and
/// its signature to the key.
/// </summary>
internal sealed class AmazonDouble : IAsyncDisposable
{
    public const string Tag = "\"tag-1\"";

    private readonly ApiServer server;
    private readonly ConcurrentQueue<string> differences = new();

    private AmazonDouble(ApiServer server) => this.server = server;

    /// <summary>The answer to a request; null: the usual one. The number counts the requests with the same method and query names, from 1.</summary>
    public Func<string, int, HttpContext, Task<bool>> Script { get; set; } = (_, _, _) => Task.FromResult(false);

    public byte[] Content { get; set; } = [];

    public IReadOnlyList<ReceivedRequest> Requests => [.. server.Requests];

    /// <summary>The kinds of the requests: <c>PUT partNumber</c>.</summary>
    public IEnumerable<string> Kinds => Requests.Select(Kind);

    public string Address => $"http://127.0.0.1:{server.Port}";

    public S3Store Store(object? settings = null) => new(settings ?? new { bucket = "files" }, Address, "AKIA1");

    public static async Task<AmazonDouble> Start()
    {
        var amazon = new AmazonDouble(await ApiServer.Start());
        amazon.server.Answer = async context =>
        {
            var request = amazon.server.Requests.Last();
            amazon.Check(request);
            var kind = Kind(request);
            var number = amazon.server.Requests.Count(request => Kind(request) == kind);
            if (!await amazon.Script(kind, number, context)) await amazon.Usual(kind, context);
        };
        return amazon;
    }

    public static async Task<bool> Error(HttpContext context, int status, string code, string more = "")
    {
        (context.Response.StatusCode, context.Response.ContentType) = (status, "application/xml");
        await context.Response.WriteAsync($"<?xml version=\"1.0\"?>\n<Error><Code>{code}</Code><Message>Because.</Message>{more}</Error>");
        return true;
    }

    public static async Task<bool> TokenError(HttpContext context, int status, string code)
    {
        (context.Response.StatusCode, context.Response.ContentType) = (status, "text/xml");
        await context.Response.WriteAsync(
            $"<ErrorResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><Error><Type>Sender</Type><Code>{code}</Code><Message>Because.</Message></Error></ErrorResponse>");
        return true;
    }

    public static Task<bool> Break(HttpContext context)
    {
        context.Abort();
        return Task.FromResult(true);
    }

    /// <summary>Records how something differs from Amazon's description. The test fails with it.</summary>
    public void Report(IEnumerable<string> found)
    {
        foreach (var difference in found) differences.Enqueue(difference);
    }

    public async ValueTask DisposeAsync()
    {
        await server.DisposeAsync();
        Assert.True(differences.IsEmpty, string.Join('\n', differences));
    }

    private void Check(ReceivedRequest request)
    {
        var (description, service) = AmazonDescription.For(request);
        Report(description.Differences(request));
        Report(SignatureCheck.Difference(request, service, Keys) is { } difference ? [difference] : []);
    }

    private static (string Secret, string? Token)? Keys(string id) => id switch
    {
        "AKIA1" or "S3RVER" => (S3Store.SecretKey, null),
        "ASIA1" => ("secret-2", "token-2"),
        _ => null
    };

    private async Task Usual(string kind, HttpContext context)
    {
        context.Response.ContentType = "application/xml";
        context.Response.Headers.ETag = Tag;
        var body = kind switch
        {
            "POST uploads" => "<InitiateMultipartUploadResult><Bucket>files</Bucket><UploadId>up-1</UploadId></InitiateMultipartUploadResult>",
            "POST uploadId" => $"<CompleteMultipartUploadResult><Key>a</Key><ETag>{Tag}</ETag></CompleteMultipartUploadResult>",
            "POST AssumeRole" => Assumed,
            "POST GetCallerIdentity" => Caller,
            "GET uploadId" => $"<ListPartsResult><UploadId>up-1</UploadId><IsTruncated>false</IsTruncated>{string.Concat(Parts)}</ListPartsResult>",
            "GET list-type" => "<ListBucketResult><Name>files</Name></ListBucketResult>",
            _ => null
        };
        if (kind is "GET") await Object(context);
        else if (kind.StartsWith("DELETE", StringComparison.Ordinal)) context.Response.StatusCode = 204;
        else if (body is not null) await context.Response.WriteAsync(body);
    }

    private IEnumerable<string> Parts => Requests.Where(request => Kind(request) == "PUT partNumber")
        .Select((request, index) => $"<Part><PartNumber>{index + 1}</PartNumber><ETag>{Tag}</ETag><Size>{request.Headers["Content-Length"]}</Size></Part>");

    private async Task Object(HttpContext context)
    {
        var from = 0;
        if (context.Request.Headers.Range.ToString() is { Length: > 0 } range)
        {
            from = int.Parse(range.Split('=', '-')[1], CultureInfo.InvariantCulture);
            context.Response.StatusCode = 206;
            context.Response.Headers.ContentRange = $"bytes {from}-{Content.Length - 1}/{Content.Length}";
        }

        context.Response.ContentLength = Content.Length - from;
        await context.Response.Body.WriteAsync(Content.AsMemory(from));
    }

    private static string Kind(ReceivedRequest request)
    {
        if (request.Headers.TryGetValue("X-Amz-Target", out var operation)) return $"POST {operation.Split('.')[1]}";
        if (request.Target == "/" && request.Body.Contains("Action=", StringComparison.Ordinal))
            return $"POST {request.Body.Split("Action=")[1].Split('&')[0]}";
        var query = request.Target.Split('?').ElementAtOrDefault(1) ?? "";
        return ((string[])["uploads", "partNumber", "uploadId", "list-type"]).FirstOrDefault(name => query.Contains(name, StringComparison.Ordinal)) is { } named
            ? $"{request.Method} {named}" : request.Method;
    }

    private static string Assumed => new StringBuilder("<AssumeRoleResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><AssumeRoleResult>")
        .Append("<AssumedRoleUser><AssumedRoleId>A:s</AssumedRoleId><Arn>arn:aws:sts::123456789012:assumed-role/files/session-1</Arn></AssumedRoleUser>")
        .Append("<Credentials><AccessKeyId>ASIA1</AccessKeyId><SecretAccessKey>secret-2</SecretAccessKey><SessionToken>token-2</SessionToken>")
        .Append("<Expiration>2099-01-01T00:00:00Z</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>").ToString();

    private const string Caller = "<GetCallerIdentityResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><GetCallerIdentityResult>"
        + "<Arn>arn:aws:iam::123456789012:user/ann</Arn><UserId>AIDA1</UserId><Account>123456789012</Account></GetCallerIdentityResult></GetCallerIdentityResponse>";
}
