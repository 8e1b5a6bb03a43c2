using System.Text.Encodings.Web;
using Connections.Hosting.Keys;
using Connections.Web.Responses;
using Connections.Web.Sessions;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.Extensions.Options;

namespace Connections.Web.Keys;

/// <summary>
/// Authenticates requests by the API key in <c>Authorization: Bearer</c>, and those of browsers by their session. Rejected requests get a
/// problem as response, or a page.
/// </summary>
public sealed class KeyAuthentication(
    KeyCache keys, BrowserSessions sessions, IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    public new const string Scheme = "ApiKey";

    private const string Bearer = "Bearer ";

    private static readonly AuthenticateResult None = AuthenticateResult.NoResult();

    // Anonymous endpoints skip the key lookup: probes must work while the database of the keys is unavailable.
    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        if (Context.GetEndpoint() is not { } endpoint || endpoint.Metadata.GetMetadata<IAllowAnonymous>() is not null) return None;
        if (endpoint.Metadata.GetMetadata<BrowserEndpoint>() is not null) return (await sessions.Find(Context))?.Result ?? None;
        return await keys.Find(Hash(Request), Context.RequestAborted) is { } caller ? caller.Result : None;
    }

    /// <summary>The hash of the key that a request carries; empty if it carries none.</summary>
    internal static string Hash(HttpRequest request) =>
        request.Headers.Authorization.ToString() is var header && header.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase)
            ? ApiKey.Hash(header[Bearer.Length..].Trim())
            : "";

    protected override Task HandleChallengeAsync(AuthenticationProperties properties) => Problems.BrowserPages(Context) is { } pages
        ? pages.SignIn(Context)
        : Problems.Write(
            Context,
            Problems.From(401, "request.unauthorized", "Send an API key that exists and has not expired: Authorization: Bearer <key>."));

    protected override Task HandleForbiddenAsync(AuthenticationProperties properties)
    {
        var detail = Context.GetEndpoint()?.Metadata.GetMetadata<NeededRole>() is { } needed
            ? $"This request needs a key of the role {needed.Role.Text()} or above; yours has the role {Context.Key().Role.Text()}."
            : "This address is closed: no role is allowed to use it.";
        return Problems.Write(Context, Problems.From(403, "request.forbidden", detail));
    }
}
