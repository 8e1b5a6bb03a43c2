using Connections.Web.Responses;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;

namespace Connections.Api.Requests;

/// <summary>
/// Rejects a body that is too large by its Content-Length. The body is read to its end first, up to 64 MB: a caller that is still sending
/// would lose the response together with the connection. An endpoint with a <see cref="RawBody"/> limits size and speed itself.
/// </summary>
public sealed class LargeBodyMiddleware(RequestDelegate next)
{
    public const long Largest = 1024 * 1024;

    private const long DrainLimit = 64 * Largest;

    public async Task Invoke(HttpContext context)
    {
        if (RawBody.IsReadBy(context.GetEndpoint()))
        {
            Unlimit(context);
            await next(context);
            return;
        }

        if (context.Request.ContentLength is not > Largest)
        {
            await next(context);
            return;
        }

        if (context.Request.ContentLength <= DrainLimit && context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
        {
            limit.MaxRequestBodySize = DrainLimit;
            await context.Request.Body.CopyToAsync(Stream.Null, context.RequestAborted);
        }

        await Problems.Write(context, Problems.TooLarge());
    }

    // The server's limit of the speed is an average since the start: it ends an upload that pauses early, and not one that dies late.
    private static void Unlimit(HttpContext context)
    {
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size) size.MaxRequestBodySize = null;
        if (context.Features.Get<IHttpMinRequestBodyDataRateFeature>() is { } speed) speed.MinDataRate = null;
    }
}
