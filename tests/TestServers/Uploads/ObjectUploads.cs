using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace TestServers.Uploads;

/// <summary>https://docs.aws.amazon.com/AmazonS3/latest/userguide/mpuoverview.html. The parts have to come in their order.</summary>
internal sealed class ObjectUploads(UploadServer server)
{
    public const string Bucket = "bucket";

    private const string Vendor = "aws-s3";

    public async Task Answer(HttpContext http, string path)
    {
        var (name, upload) = (path[(Bucket.Length + 1)..].Trim('/'), http.Request.Query["uploadId"].ToString());
        await ((http.Request.Method, upload.Length > 0) switch
        {
            ("GET", false) => UploadServer.Xml(http, 200, $"<ListBucketResult><Name>{Bucket}</Name></ListBucketResult>"),
            ("HEAD", _) => Head(http, name),
            ("POST", false) => UploadServer.Xml(
                http, 200,
                $"<InitiateMultipartUploadResult><UploadId>{server.Open(Vendor, name)}</UploadId></InitiateMultipartUploadResult>"),
            _ when server.Find(upload) is null => UploadServer.Xml(http, 404, "<Error><Code>NoSuchUpload</Code></Error>"),
            ("PUT", _) => Part(http, upload),
            ("GET", _) => UploadServer.Xml(http, 200, $"<ListPartsResult>{List(server.Find(upload)!)}</ListPartsResult>"),
            _ => UploadServer.Xml(
                http, 200,
                $"<CompleteMultipartUploadResult><ETag>\"{server.Complete(upload).Sha256}\"</ETag></CompleteMultipartUploadResult>")
        });
    }

    private static string List(ReceivedUpload upload) => string.Concat(upload.Parts.Select((size, index) =>
        $"<Part><PartNumber>{index + 1}</PartNumber><ETag>\"part-{index + 1}\"</ETag><Size>{size}</Size></Part>"));

    private async Task Part(HttpContext http, string id)
    {
        var (upload, number) = (server.Find(id)!, int.Parse(http.Request.Query["partNumber"].ToString(), CultureInfo.InvariantCulture));
        if (number == upload.Parts.Count + 1) await server.Take(upload, Vendor, http);
        else await http.Request.Body.CopyToAsync(Stream.Null);
        http.Response.Headers.ETag = $"\"part-{number}\"";
    }

    private Task Head(HttpContext http, string name)
    {
        var file = server.FindFile(Vendor, name);
        http.Response.StatusCode = file is null ? 404 : 200;
        http.Response.ContentLength = file?.Size;
        return Task.CompletedTask;
    }
}
