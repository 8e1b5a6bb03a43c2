using Connections.Console.Pages;
using Connections.Console.Rendering;
using Connections.Console.Words;
using Connections.Web.OAuth;
using Connections.Web.Responses;
using Connections.Web.Sessions;
using EventSourcing;
using Microsoft.AspNetCore.Diagnostics;

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

    // The address that the operator named, since a reverse proxy may send another host; without one, the host that the browser asked.
    private static bool SameHost(string origin, HttpContext http) =>
        Uri.TryCreate(origin, UriKind.Absolute, out var from)
        && (from.Authority.Equals(http.Request.Host.Value, StringComparison.OrdinalIgnoreCase)
            || http.RequestServices.GetRequiredService<PublicAddress>().IsAt(from));
}

/// <summary>Writes the pages that browsers get where callers with a key get problems.</summary>
internal sealed class BrowserPages(PageRenderer pages, BrowserSessions sessions) : IBrowserPages
{
    public Task SignIn(HttpContext http)
    {
        var next = HttpMethods.IsGet(http.Request.Method) ? PageRenderer.Here(http) : "";
        return PageRenderer.Go(http, $"sign-in{QueryString.Create("next", next)}");
    }

    public async Task Problem(HttpContext http, Microsoft.AspNetCore.Mvc.ProblemDetails problem)
    {
        // An unknown address has no endpoint, so nobody has looked for a session. After a fault, nobody looks: the store may be the cause.
        if (http.GetEndpoint() is null && http.Features.Get<IExceptionHandlerFeature>() is null && await sessions.Find(http) is { } caller) http.User = caller;
        var (title, link, label) = problem.Status switch
        {
            403 => ("You may not do this", "connections", "My Connections"),
            404 => ("There is nothing here", "connections", "My Connections"),
            503 => ("The service cannot answer now", PageRenderer.Here(http), "Try again"),
            _ => (problem.Title ?? "It did not work", "connections", "My Connections")
        };
        var text = problem.Status == 403 && http.User is SessionPrincipal refused
            ? RoleWords.Limit(refused.Key.Role, refused.Session.Person is not null)
            : problem.Detail ?? "";
        await pages.Write<MessagePage, MessageModel>(
            http, new MessageModel(title, text, link, label, $"{problem.Extensions["code"]} {http.TraceIdentifier}"), problem.Status ?? 500);
    }
}
