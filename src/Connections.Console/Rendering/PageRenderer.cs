using System.IO.Compression;
using System.Text;
using Connections.ReadModels.Usage;
using Connections.Web.OAuth;
using Connections.Web.Sessions;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;
using Microsoft.Extensions.Logging;

namespace Connections.Console.Rendering;

/// <summary>Renders a page and sends it with the headers that every page has.</summary>
public sealed class PageRenderer(
    IServiceProvider services, ILoggerFactory logs, ConsoleAssets assets, UsageQueries usage, PublicAddress address, TimeProvider clock)
{
    public static readonly TimeSpan ExpiringWithin = TimeSpan.FromDays(30);

    /// <summary>The place of the parts that are sent one after another.</summary>
    public static readonly MarkupString PartsHere = new("<!--parts-->");

    private const string Policy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; form-action 'self'; "
        + "base-uri 'self'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types console";

    /// <param name="keepTyped">Lets the browser keep the page for its Back button. Only for forms, which hold no secret.</param>
    public async Task Write<TPage, TModel>(HttpContext http, TModel model, int status = 200, bool keepTyped = false)
        where TPage : PageBase<TModel>
    {
        var html = await Render<TPage>(new() { ["Model"] = model, ["Frame"] = await Frame(http) });
        http.Response.StatusCode = status;
        http.Response.ContentType = "text/html; charset=utf-8";
        Protect(http.Response, keepTyped ? "private, no-cache" : "no-store");
        await Send(http, Encoding.UTF8.GetBytes($"<!doctype html>\n{html}"));
    }

    /// <summary>Writes a page whose list takes long: each part of it is sent as soon as it is known, where the page has <see cref="PartsHere"/>.</summary>
    public async Task WriteInParts<TPage, TModel>(HttpContext http, TModel model, IAsyncEnumerable<string> parts)
        where TPage : PageBase<TModel>
    {
        var html = await Render<TPage>(new() { ["Model"] = model, ["Frame"] = await Frame(http) });
        var at = html.IndexOf(PartsHere.Value, StringComparison.Ordinal);
        http.Response.ContentType = "text/html; charset=utf-8";
        http.Response.Headers["X-Accel-Buffering"] = "no";
        Protect(http.Response, "no-store");
        await Send($"<!doctype html>\n{html[..at]}");
        await foreach (var part in parts) await Send(part);
        await Send(html[(at + PartsHere.Value.Length)..]);

        async Task Send(string text)
        {
            await http.Response.WriteAsync(text, http.RequestAborted);
            await http.Response.Body.FlushAsync(http.RequestAborted);
        }
    }

    public async Task<string> Render<TPart>(Dictionary<string, object?> parameters)
        where TPart : IComponent
    {
        await using var renderer = new HtmlRenderer(services, logs);
        return await renderer.Dispatcher.InvokeAsync(async () =>
            (await renderer.RenderComponentAsync<TPart>(ParameterView.FromDictionary(parameters))).ToHtmlString());
    }

    public static void Protect(HttpResponse response, string cache)
    {
        var headers = response.Headers;
        headers.ContentSecurityPolicy = Policy;
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers["Permissions-Policy"] = "camera=(), microphone=(), geolocation=(), payment=()";
        headers.CacheControl = cache;
    }

    /// <summary>Sends the browser on: to a page of this service, below the base.</summary>
    public static Task Go(HttpContext http, string page)
    {
        Protect(http.Response, "no-store");
        http.Response.StatusCode = StatusCodes.Status303SeeOther;
        http.Response.Headers.Location = $"{http.RequestServices.GetRequiredService<PublicAddress>().BasePath(http)}/{page}";
        return Task.CompletedTask;
    }

    public static string Here(HttpContext http) => $"{http.Request.Path.Value?.TrimStart('/')}{http.Request.QueryString}";

    // A page holds the token of its session's forms, and texts that others chose. Packing them together tells the length of neither,
    // because each form token is masked anew.
    private static async Task Send(HttpContext http, byte[] page)
    {
        var accepts = http.Request.Headers.AcceptEncoding.ToString();
        http.Response.Headers.Vary = "Accept-Encoding, Cookie";
        if (!accepts.Contains("br", StringComparison.Ordinal))
        {
            await http.Response.Body.WriteAsync(page, http.RequestAborted);
            return;
        }

        http.Response.Headers.ContentEncoding = "br";
        using var packed = new MemoryStream();
        await using (var brotli = new BrotliStream(packed, CompressionLevel.Fastest, leaveOpen: true)) brotli.Write(page);
        http.Response.ContentLength = packed.Length;
        await http.Response.Body.WriteAsync(packed.GetBuffer().AsMemory(0, (int)packed.Length), http.RequestAborted);
    }

    private async Task<Frame> Frame(HttpContext http)
    {
        var caller = http.User as SessionPrincipal;
        var now = clock.GetUtcNow();
        var attention = caller is null ? new Attention(0, 0, 0)
            : await usage.Attention(caller.Key.Workspace, now + ExpiringWithin, http.RequestAborted);
        return new Frame(
            $"{address.BasePath(http)}/",
            Here(http),
            caller?.Key,
            caller?.Session.Person is not null,
            caller is null ? "" : FormTokens.Mask(caller.Session.FormToken),
            Preferences.Theme(http),
            Preferences.Times(http),
            attention,
            now,
            assets);
    }
}
