using Connections.Web.Responses;
using Microsoft.AspNetCore.Http.Features;

namespace Connections.Api.Requests;

/// <summary>
/// Rejects a body that is too large by its Content-Length. The body is read to its end first, up to 64 MB: a caller that is still sending
/// would lose the response together with the connection.
/// </summary>
public sealed class LargeBodyMiddleware(RequestDelegate next)
{
    public const long Largest = 1024 * 1024;

    private const long DrainLimit = 64 * Largest;

    public async Task Invoke(HttpContext context)
    {
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
}
