using Connections.Connectors.Files;
using Connections.Web.Responses;
using EventSourcing;
using Microsoft.Net.Http.Headers;

namespace Connections.Api.Responses;

/// <summary>
/// Sends the content of a file, or a range of it. Its type and name came from a caller, so no browser may show it as a page of the service.
/// </summary>
internal sealed class FileDownload(IFileStore files, string workspace, Guid id) : IResult
{
    public async Task ExecuteAsync(HttpContext httpContext)
    {
        await using var open = await files.Open(workspace, id, httpContext.RequestAborted);
        var (response, file) = (httpContext.Response, open.File);
        // The framework reads a range of any unit as one of bytes. A unit that a server does not know is to be ignored.
        var requested = httpContext.Request.Headers;
        if (!requested.Range.ToString().StartsWith("bytes=", StringComparison.OrdinalIgnoreCase)) requested.Range = default;
        response.Headers.XContentTypeOptions = "nosniff";
        response.Headers.ContentSecurityPolicy = "default-src 'none'; sandbox";
        response.Headers["Cross-Origin-Resource-Policy"] = "same-origin";
        response.Headers.CacheControl = "private, no-store";
        // The framework would log the name.
        var disposition = new ContentDispositionHeaderValue("attachment");
        disposition.SetHttpFileName(file.Name);
        response.Headers.ContentDisposition = disposition.ToString();
        var content = TypedResults.Stream(
            open.Content, file.ContentType, entityTag: new EntityTagHeaderValue($"\"{file.Sha256}\""), enableRangeProcessing: true);
        try
        {
            await content.ExecuteAsync(httpContext);
        }
        catch (RejectedException) when (response.HasStarted)
        {
            httpContext.Abort(); // the caller must not take a part for the whole
            return;
        }

        if (response is { HasStarted: false, StatusCode: 416 or 412 }) await Reject(httpContext, response.StatusCode, file.Size);
    }

    private static async Task Reject(HttpContext context, int status, long size)
    {
        var range = context.Response.Headers.ContentRange;
        context.Response.Clear();
        context.Response.Headers.ContentRange = range;
        await Problems.Write(context, status == 416
            ? Problems.From(status, "request.range-not-satisfiable", $"The range lies outside the file, which has {size} bytes.")
            : Problems.From(status, "request.precondition-failed", "The file is not the one that If-Match names."));
    }
}
