using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;

namespace Connections.Api.OAuth;

/// <summary>
/// A page for a person who returns from a provider. The page has no scripts, and other sites can neither frame it nor post from it.
/// </summary>
/// <param name="Button">The label of a button that posts <paramref name="Fields"/> to this service; null when there is no form.</param>
internal sealed record SignInPage(
    int Status, string Title, IReadOnlyList<string> Sentences, string? Button = null, IReadOnlyDictionary<string, string>? Fields = null)
{
    private const string Style =
        "body{font:1.1rem/1.5 system-ui,sans-serif;max-width:34rem;margin:4rem auto;padding:0 1rem}button{font:inherit;padding:.4rem 1rem}";

    private static readonly string Policy =
        "default-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; "
        + $"style-src 'sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(Style)))}'";

    /// <summary>A page of the console to go to instead.</summary>
    public string? Location { get; init; }

    public async Task Write(HttpContext context)
    {
        Protect(context.Response);
        if (Location is not null)
        {
            context.Response.StatusCode = StatusCodes.Status303SeeOther;
            context.Response.Headers.Location = Location;
            return;
        }

        context.Response.StatusCode = Status;
        context.Response.ContentType = "text/html; charset=utf-8";
        await context.Response.WriteAsync(Html(), context.RequestAborted);
    }

    // The URL of the page held an authorization code: do not cache the page, and send no referrer.
    private static void Protect(HttpResponse response)
    {
        response.Headers.ContentSecurityPolicy = Policy;
        response.Headers.CacheControl = "no-store";
        response.Headers["Referrer-Policy"] = "no-referrer";
        response.Headers.XContentTypeOptions = "nosniff";
        response.Headers.XFrameOptions = "DENY";
        response.Headers["Cross-Origin-Opener-Policy"] = "same-origin";
    }

    private string Html()
    {
        var html = new StringBuilder("<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\">")
            .Append("<meta name=\"viewport\" content=\"width=device-width\"><title>").Append(Text(Title)).Append("</title><style>").Append(Style)
            .Append("</style></head><body><h1>").Append(Text(Title)).Append("</h1>");
        foreach (var sentence in Sentences) html.Append("<p>").Append(Text(sentence)).Append("</p>");
        if (Button is not null)
        {
            html.Append("<form method=\"post\" action=\"confirm\">");
            foreach (var (name, value) in Fields!)
                html.Append("<input type=\"hidden\" name=\"").Append(Text(name)).Append("\" value=\"").Append(Text(value)).Append("\">");
            html.Append("<button>").Append(Text(Button)).Append("</button></form>");
        }

        return html.Append("</body></html>").ToString();
    }

    private static string Text(string text) => HtmlEncoder.Default.Encode(text);
}
