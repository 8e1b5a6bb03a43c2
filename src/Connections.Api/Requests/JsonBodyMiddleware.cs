using System.Text;
using System.Text.Unicode;
using Connections.Web.Responses;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Net.Http.Headers;

namespace Connections.Api.Requests;

/// <summary>
/// Reads a JSON body whole and hands it on as valid UTF-8. Another encoding that the content type names is converted. Endpoints read some
/// values later than the body, so a broken byte that passed here would fail in the middle of their work.
/// </summary>
public sealed class JsonBodyMiddleware(RequestDelegate next)
{
    private const string Json = "application/json";

    public async Task Invoke(HttpContext context)
    {
        var request = context.Request;
        if (RawBody.IsReadBy(context.GetEndpoint()) || !HasJson(context, out var type))
        {
            await next(context);
            return;
        }

        if (FindEncoding(type!) is not { } encoding)
        {
            await Problems.Write(
                context, Problems.From(415, "request.unsupported-media-type", $"The charset of the body is unknown. Send {Json} in UTF-8."));
            return;
        }

        var original = request.Body;
        using var received = new MemoryStream();
        await original.CopyToAsync(received, context.RequestAborted);
        if (ToUtf8(received.ToArray(), encoding) is not { } body)
        {
            await Problems.Write(
                context, Problems.From(400, "request.malformed", $"The body is not valid {encoding.WebName} text. Send {Json} in UTF-8."));
            return;
        }

        try
        {
            request.Body = new MemoryStream(body, writable: false);
            request.ContentLength = body.Length;
            request.ContentType = Json;
            await next(context);
        }
        finally
        {
            request.Body = original;
        }
    }

    private static bool HasJson(HttpContext context, out MediaTypeHeaderValue? type) =>
        MediaTypeHeaderValue.TryParse(context.Request.ContentType?.TrimEnd(' ', ';'), out type)
        && type.MediaType.Equals(Json, StringComparison.OrdinalIgnoreCase)
        && context.Features.Get<IHttpRequestBodyDetectionFeature>()?.CanHaveBody != false;

    private static Encoding? FindEncoding(MediaTypeHeaderValue type)
    {
        var charset = HeaderUtilities.RemoveQuotes(type.Charset).ToString();
        if (charset is "" || charset.Equals("utf8", StringComparison.OrdinalIgnoreCase)) return Encoding.UTF8;
        try
        {
            return Encoding.GetEncoding(charset, EncoderFallback.ExceptionFallback, DecoderFallback.ExceptionFallback);
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException)
        {
            return null; // unknown, or not safe (UTF-7)
        }
    }

    // Null where bytes do not fit the encoding.
    private static byte[]? ToUtf8(byte[] body, Encoding encoding)
    {
        var isUtf8 = encoding.CodePage == Encoding.UTF8.CodePage;
        var mark = isUtf8 ? Encoding.UTF8.Preamble : encoding.Preamble;
        if (mark.Length > 0 && body.AsSpan().StartsWith(mark)) body = body[mark.Length..];
        if (isUtf8) return Utf8.IsValid(body) ? body : null;
        try
        {
            return Encoding.UTF8.GetBytes(encoding.GetString(body));
        }
        catch (ArgumentException)
        {
            return null;
        }
    }
}
