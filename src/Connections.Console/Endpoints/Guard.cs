using Connections.Console.Pages;
using Connections.Console.Rendering;
using Connections.Web.Responses;
using Connections.Web.Sessions;
using EventSourcing;

namespace Connections.Console.Endpoints;

/// <summary>
/// Stops posts that do not come from a form of the same session, and turns rejections into pages. A page of another site cannot read the
/// token of a form.
/// </summary>
internal sealed class Guard : IEndpointFilter
{
    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var http = context.HttpContext;
        try
        {
            if (HttpMethods.IsPost(http.Request.Method) && await Problem(http) is { } problem)
                throw new RejectedException("request.malformed", problem);
            return await next(context);
        }
        catch (RejectedException rejected)
        {
            await Problems.Write(http, Problems.From(rejected));
            return Results.Empty;
        }
    }

    /// <summary>Whether a browser says that the request was caused by another site.</summary>
    public static bool IsForeign(HttpContext http) =>
        http.Request.Headers["Sec-Fetch-Site"].ToString() is not ("" or "same-origin")
        || (http.Request.Headers.Origin.ToString() is { Length: > 0 } origin && origin != "null" && !SameHost(origin, http));

    private static async Task<string?> Problem(HttpContext http)
    {
        if (IsForeign(http)) return "The form was sent from another site.";
        if (!http.Request.HasFormContentType) return "A form is expected.";
        var form = await http.Request.ReadFormAsync(http.RequestAborted);
        return http.User is SessionPrincipal caller && caller.Session.IsFormToken(FormTokens.Unmask(form[FormTokens.Field]))
            ? null
            : "The form does not belong to this session. Load the page again, and send it again.";
    }

    // The host that the browser names in both headers, whatever a reverse proxy is called.
    private static bool SameHost(string origin, HttpContext http) =>
        Uri.TryCreate(origin, UriKind.Absolute, out var from) && from.Authority.Equals(http.Request.Host.Value, StringComparison.OrdinalIgnoreCase);
}

/// <summary>Writes the pages that browsers get where callers with a key get problems.</summary>
internal sealed class BrowserPages(PageRenderer pages) : IBrowserPages
{
    public Task SignIn(HttpContext http)
    {
        var next = HttpMethods.IsGet(http.Request.Method) ? PageRenderer.Here(http) : "";
        return PageRenderer.Go(http, $"sign-in{QueryString.Create("next", next)}");
    }

    public Task Problem(HttpContext http, Microsoft.AspNetCore.Mvc.ProblemDetails problem)
    {
        var (title, link, label) = problem.Status switch
        {
            403 => ("Your key may not do this", "connections", "My Connections"),
            404 => ("There is nothing here", "connections", "My Connections"),
            503 => ("The service cannot answer now", PageRenderer.Here(http), "Try again"),
            _ => (problem.Title ?? "It did not work", "connections", "My Connections")
        };
        var text = problem.Status == 403 && http.User is SessionPrincipal ? "Your key may look and run, not change." : problem.Detail ?? "";
        return pages.Write<MessagePage, MessageModel>(
            http, new MessageModel(title, text, link, label, $"{problem.Extensions["code"]} {http.TraceIdentifier}"), problem.Status ?? 500);
    }
}
