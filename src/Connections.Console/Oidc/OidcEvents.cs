using System.Security.Claims;
using Connections.Console.Rendering;
using Connections.Hosting.Oidc;
using Connections.Hosting.Sessions;
using Connections.Operations;
using Connections.Web.OAuth;
using Connections.Web.Sessions;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.OpenIdConnect;
using Microsoft.Extensions.Logging;

namespace Connections.Console.Oidc;

/// <summary>Makes a session of the console out of a sign-in at the provider. No token is kept.</summary>
internal sealed class OidcEvents(
    OidcSignIn signIn, PublicAddress address, BrowserSessions sessions, ProviderPages pages, ILogger<OidcEvents> logger)
    : OpenIdConnectEvents
{
    private const string Next = "next";

    private static readonly string[] Names = ["name", "preferred_username", "email"];

    private OidcSettings Settings => signIn.Settings!;

    /// <param name="next">The page to show after the sign-in, below the base.</param>
    public static AuthenticationProperties Begin(string next) => new() { RedirectUri = "/", Items = { [Next] = next } };

    // The address that the operator named: a forged Host header would send the code to another host.
    public override Task RedirectToIdentityProvider(RedirectContext context)
    {
        context.ProtocolMessage.RedirectUri = address.At(OidcRegistration.Callback).AbsoluteUri;
        return Task.CompletedTask;
    }

    public override async Task TicketReceived(TicketReceivedContext context)
    {
        context.HandleResponse();
        var http = context.HttpContext;
        if (context.Principal?.FindFirstValue("sub") is not { Length: > 0 } subject)
        {
            await Fail(http, "no subject", "unfinished");
            return;
        }

        var name = Name(context.Principal, subject);
        var roles = Values(context.Principal, Settings.RoleClaim);
        var workspaces = Values(context.Principal, Settings.WorkspaceClaim);
        if (Settings.FindRole(roles) is not { } role)
            await PageRenderer.Go(http, pages.NoRole(new NoRole(name, Settings.RoleClaim, roles, "role")));
        else if (Settings.FindWorkspace(workspaces) is not { } workspace)
            await PageRenderer.Go(http, pages.NoRole(new NoRole(name, Settings.WorkspaceClaim ?? "", workspaces, "workspace")));
        else
        {
            var id = Person.CreateId(Settings.Authority.AbsoluteUri, subject);
            await sessions.Begin(http, new Person(id, workspace, name, role, signIn.Rules!));
            await PageRenderer.Go(http, context.Properties?.Items.TryGetValue(Next, out var next) == true ? next ?? "" : "");
        }
    }

    public override Task RemoteFailure(RemoteFailureContext context)
    {
        context.HandleResponse();
        var error = context.Failure?.Data["error"] as string ?? context.Request.Query["error"].ToString();
        return Fail(
            context.HttpContext,
            error.Length > 0 ? Texts.Line(error) : (context.Failure?.InnerException ?? context.Failure)?.GetType().Name ?? "unknown",
            error == "access_denied" ? "refused" : "unfinished");
    }

    // The message of a fault may quote the provider's answer.
    private Task Fail(HttpContext http, string fault, string words)
    {
        logger.LogWarning("A sign-in at the identity provider failed: {Fault}", fault);
        return PageRenderer.Go(http, $"sign-in?failed={words}");
    }

    private static string Name(ClaimsPrincipal person, string subject) => Texts.Line(
        Names.Select(person.FindFirstValue).FirstOrDefault(name => !string.IsNullOrWhiteSpace(name)) ?? subject);

    private static IReadOnlyList<string> Values(ClaimsPrincipal person, string? claim) =>
        claim is null ? [] : [.. person.FindAll(claim).Select(c => c.Value)];
}
