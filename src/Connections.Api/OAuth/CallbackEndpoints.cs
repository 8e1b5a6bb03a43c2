using Connections.Api.Requests;
using Connections.Hosting;
using EventSourcing;

namespace Connections.Api.OAuth;

/// <summary>
/// The endpoints that providers redirect browsers to. They need no API key: the <c>state</c> parameter identifies the sign-in. Every
/// outcome is shown as an HTML page.
/// </summary>
public static class CallbackEndpoints
{
    public static void MapOAuth(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/oauth/callback", (Delegate)Return).ExcludeFromDescription().AllowAnonymous().WithMetadata(new OutlastsOutages());
        routes.MapMethods("/api/oauth/confirm", ["GET", "POST"], (Delegate)Confirm).ExcludeFromDescription().AllowAnonymous();
    }

    private static Task Return(HttpContext http, OAuthCallbackHandler handler, ILogger<OAuthCallbackHandler> log) =>
        Show(http, handler.Return, log);

    private static Task Confirm(HttpContext http, OAuthCallbackHandler handler, ILogger<OAuthCallbackHandler> log) =>
        Show(http, handler.Confirm, log);

    private static async Task Show(HttpContext http, Func<HttpContext, Task<SignInPage>> handle, ILogger log)
    {
        SignInPage page;
        try
        {
            page = await handle(http);
        }
        catch (OperationCanceledException) when (http.RequestAborted.IsCancellationRequested)
        {
            return; // the browser disconnected
        }
        catch (RejectedException rejected)
        {
            page = SignInPages.Failed(rejected.Message);
        }
        catch (Exception bad) when (bad is BadHttpRequestException or InvalidDataException)
        {
            page = SignInPages.Nothing;
        }
        catch (Exception unavailable) when (StoreFaults.AreUnavailable(unavailable))
        {
            log.LogWarning("{Method} {Path}: {Fault}", http.Request.Method, http.Request.Path, unavailable.GetType().Name);
            page = SignInPages.Broken("The service cannot reach one of its stores now.");
        }
        catch (Exception fault)
        {
            log.LogError(fault, "{Method} {Path} failed", http.Request.Method, http.Request.Path);
            page = SignInPages.Broken($"The service failed; its log names the cause under {http.TraceIdentifier}.");
        }

        await page.Write(http);
    }
}
