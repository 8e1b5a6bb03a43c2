using System.Text;
using Connections.Api.Endpoints;
using Connections.Connectors.Files;
using EventSourcing;
using Microsoft.Net.Http.Headers;

namespace Connections.Api.Requests;

/// <summary>Reads name, type and size of an upload from its headers.</summary>
internal static class UploadHeaders
{
    private const int MaxLength = 1_000;

    /// <exception cref="RejectedException"><c>request.malformed</c>, <c>request.unsupported-media-type</c>.</exception>
    public static NewFile Read(HttpRequest request)
    {
        if (request.Headers.ContentEncoding.Count > 0)
            throw new RejectedException(
                "request.unsupported-media-type", "A file is stored as it is sent. Send it without Content-Encoding.");
        return new NewFile(Name(request), Type(request), request.ContentLength);
    }

    private static string? Name(HttpRequest request)
    {
        if (request.Headers.ContentDisposition is not { Count: > 0 } header) return null;
        var text = header.ToString();
        if (text.Length > MaxLength || !ContentDispositionHeaderValue.TryParse(text, out var disposition))
            throw Paging.Malformed(
                HeaderNames.ContentDisposition, """Must be of the form attachment; filename="report.pdf", as in RFC 6266.""");
        return disposition.FileNameStar is { HasValue: true, Length: > 0 } star
            ? star.ToString()
            : HeaderUtilities.RemoveQuotes(disposition.FileName).ToString();
    }

    private static string? Type(HttpRequest request)
    {
        if (request.ContentType is not { Length: > 0 } text) return null;
        if (text.Length > MaxLength || !Ascii.IsValid(text) || !MediaTypeHeaderValue.TryParse(text, out var type))
            throw Paging.Malformed(HeaderNames.ContentType, "Must be a media type such as application/pdf.");
        return type.MediaType.Equals("multipart/form-data", StringComparison.OrdinalIgnoreCase)
            ? throw new RejectedException("request.unsupported-media-type", "Send the bytes of the file as the body, not a form.")
            : text;
    }
}
