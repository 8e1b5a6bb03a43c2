using Connections.Console.Oidc;
using Connections.Console.Pages;
using Connections.Console.Rendering;
using Connections.Operations;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Logging;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;

namespace Connections.Console.Endpoints;

/// <summary>Sends browsers to the identity provider. The handler of the framework receives them when they come back.</summary>
internal static class ProviderEndpoints
{
    private const int LongestNext = 300; // it is part of the address at the provider

    public static void MapProvider(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/sign-in/provider", Begin);
        routes.MapGet("/sign-in/no-role", (HttpContext http, ProviderPages pages) =>
            pages.ReadNoRole(http.Request.Query["account"]) is { } account
            ? Page.Show<MessagePage, MessageModel>(http, Message(account), StatusCodes.Status403Forbidden)
            : Page.Go(http, "sign-in"));
    }

    private static async Task Begin(HttpContext http, ProviderPages pages, ILogger<ProviderPages> logger)
    {
        if (pages.Name is null)
        {
            await Page.Go(http, "sign-in");
            return;
        }

        PageRenderer.Protect(http.Response, "no-store");
        var next = Page.Local(http.Request.Query["next"]);
        try
        {
            await http.ChallengeAsync(OidcRegistration.Scheme, OidcEvents.Begin(next.Length <= LongestNext ? next : ""));
        }
        catch (OpenIdConnectProtocolException refused)
        {
            // A provider with pushed authorization requests refuses here. Its message may quote the request.
            logger.LogWarning("The identity provider refused to begin a sign-in: {Fault}", Texts.Line(refused.Data["error"] as string ?? "unknown"));
            await Page.Go(http, "sign-in?failed=unfinished");
        }
        catch (Exception silent) when (silent is InvalidOperationException or HttpRequestException
            || (silent is OperationCanceledException && !http.RequestAborted.IsCancellationRequested))
        {
            // It was asked where people sign in, and did not answer.
            logger.LogWarning("The identity provider did not answer ({Fault})", silent.GetBaseException().GetType().Name);
            await Page.Go(http, "sign-in?failed=unreachable");
        }
    }

    private static MessageModel Message(NoRole account) => new(
        $"Your account has no {account.Lacks} here",
        $"{account.Text} An administrator of this service can give it one: "
        + $"Console:Oidc:{(account.Lacks == "role" ? "Roles" : "Workspaces")} in its settings.",
        "sign-in",
        "Sign in another way");
}
