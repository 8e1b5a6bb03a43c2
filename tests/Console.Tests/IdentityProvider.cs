using System.Collections.Concurrent;
using System.Security.Claims;
using Microsoft.AspNetCore;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OpenIddict.Abstractions;
using OpenIddict.Server.AspNetCore;
using static OpenIddict.Abstractions.OpenIddictConstants;
using static OpenIddict.Server.OpenIddictServerEvents;

namespace Console.Tests;

/// <summary>An identity provider in the process of the tests: OpenIddict without a database. Anyone signs in as anyone.</summary>
public sealed class IdentityProvider : IAsyncDisposable
{
    public const string ClientId = "console";
    public const string ClientSecret = "canary-client-secret-f3d9";
    public const string Name = "Contoso";

    private static readonly Dictionary<string, string[]> Groups = new()
    {
        ["ada"] = ["staff", "console-admins", "console-viewers"],
        ["max"] = ["console-managers"],
        ["rita"] = ["console-runners"],
        ["vera"] = ["console-viewers"],
        ["norah"] = ["sales", "<b>marketing</b>"],
        ["long"] = [.. Enumerable.Range(0, 12).Select(i => $"{new string('ж', 60)}{i}")],
        ["nobody"] = []
    };

    private readonly WebApplication app;

    private IdentityProvider(WebApplication app) => this.app = app;

    public string Address => app.Urls.Single();

    /// <summary>The tokens that were given out.</summary>
    public ConcurrentBag<string> Tokens { get; } = [];

    /// <summary>Another nonce than the one that was asked for is put into the next identity token.</summary>
    public bool WrongNonce { get; set; }

    public static async Task<IdentityProvider> Start()
    {
        IdentityProvider? provider = null;
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        builder.Services.AddOpenIddict().AddServer(server =>
        {
            server.EnableDegradedMode();
            server.SetAuthorizationEndpointUris("connect/authorize")
                .SetTokenEndpointUris("connect/token")
                .SetEndSessionEndpointUris("connect/end")
                .AllowAuthorizationCodeFlow().RequireProofKeyForCodeExchange().RegisterScopes(Scopes.Profile, Scopes.Email)
                .AddEphemeralEncryptionKey().AddEphemeralSigningKey();
            server.UseAspNetCore()
                .EnableAuthorizationEndpointPassthrough()
                .EnableEndSessionEndpointPassthrough()
                .DisableTransportSecurityRequirement();
            server.AddEventHandler<ValidateAuthorizationRequestContext>(handler => handler.UseInlineHandler(context =>
            {
                if (context.ClientId != ClientId || !context.RedirectUri!.EndsWith("/sign-in/callback", StringComparison.Ordinal))
                    context.Reject(Errors.InvalidClient);
                return default;
            }));
            server.AddEventHandler<ValidateTokenRequestContext>(handler => handler.UseInlineHandler(context =>
            {
                if (context.ClientId != ClientId || context.ClientSecret != ClientSecret) context.Reject(Errors.InvalidClient);
                return default;
            }));
            server.AddEventHandler<ValidateEndSessionRequestContext>(handler => handler.UseInlineHandler(_ => default));
            server.AddEventHandler<ApplyTokenResponseContext>(handler => handler.SetOrder(int.MinValue).UseInlineHandler(context =>
            {
                foreach (var token in new[] { context.Response.IdToken, context.Response.AccessToken })
                    if (token is not null) provider!.Tokens.Add(token);
                return default;
            }));
        });
        var app = builder.Build();
        provider = new IdentityProvider(app);
        app.UseAuthentication();
        app.MapGet("/connect/authorize", provider.Authorize);
        app.MapGet("/connect/end", () => Results.Content("<h1>Signed out</h1>", "text/html"));
        await app.StartAsync();
        return provider;
    }

    public async ValueTask DisposeAsync()
    {
        await app.StopAsync();
        await app.DisposeAsync();
    }

    private IResult Authorize(HttpContext http)
    {
        var user = http.Request.Query["user"].ToString();
        if (user == "refuse")
            return Results.Forbid(
                new(new Dictionary<string, string?> { [OpenIddictServerAspNetCoreConstants.Properties.Error] = Errors.AccessDenied }),
                [OpenIddictServerAspNetCoreDefaults.AuthenticationScheme]);
        if (!Groups.TryGetValue(user, out var groups)) return Results.Content(Choice(http), "text/html");
        var request = http.GetOpenIddictServerRequest()!;
        if (WrongNonce) request.Nonce = "another";
        var identity = new ClaimsIdentity(OpenIddictServerAspNetCoreDefaults.AuthenticationScheme, Claims.Name, Claims.Role);
        identity.SetClaim(Claims.Subject, $"subject-{user}").SetClaim(Claims.Name, $"{user} of Contoso").SetClaims("groups", [.. groups]);
        identity.SetScopes(request.GetScopes());
        identity.SetDestinations(_ => [Destinations.IdentityToken]);
        return Results.SignIn(new ClaimsPrincipal(identity), null, OpenIddictServerAspNetCoreDefaults.AuthenticationScheme);
    }

    private static string Choice(HttpContext http) => string.Concat(Groups.Keys.Append("refuse").Select(user =>
        $"<p><a href=\"{System.Net.WebUtility.HtmlEncode($"{http.Request.Path}{http.Request.QueryString}&user={user}")}\">{user}</a></p>"));
}
