using Connections.Hosting;
using EventSourcing;

namespace Connections.Api.OAuth;

/// <summary>Where browsers come back to from providers. Open to all: what they bring says whom they come for. Whatever happens, they get a page.</summary>
public static class CallbackEndpoints
{
    public static void MapOAuth(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/oauth/callback", (Delegate)Return).ExcludeFromDescription().AllowAnonymous();
        routes.MapMethods("/api/oauth/confirm", ["GET", "POST"], (Delegate)Confirm).ExcludeFromDescription().AllowAnonymous();
    }

    private static Task Return(HttpContext http, OAuthCallbackHandler desk, ILogger<OAuthCallbackHandler> log) => Show(http, desk.Return, log);

    private static Task Confirm(HttpContext http, OAuthCallbackHandler desk, ILogger<OAuthCallbackHandler> log) => Show(http, desk.Confirm, log);

    private static async Task Show(HttpContext http, Func<HttpContext, Task<SignInPage>> ask, ILogger log)
    {
        SignInPage page;
        try
        {
            page = await ask(http);
        }
        catch (OperationCanceledException) when (http.RequestAborted.IsCancellationRequested)
        {
            return; // the browser is gone
        }
        catch (RejectedException refused)
        {
            page = SignInPages.Failed(refused.Message);
        }
        catch (Exception bad) when (bad is BadHttpRequestException or InvalidDataException)
        {
            page = SignInPages.Nothing;
        }
        catch (Exception away) when (StoreFaults.AreUnavailable(away))
        {
            log.LogWarning("{Method} {Path}: {Fault}", http.Request.Method, http.Request.Path, away.GetType().Name);
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
