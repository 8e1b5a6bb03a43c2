using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.EntityFrameworkCore;
using OpenIddict.Abstractions;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace DemoProvider;

/// <summary>
/// An OAuth provider with a small mail and file API, for trying connections on a local machine. Supports the authorization code flow with
/// PKCE, single-use refresh tokens whose reuse ends the grant, revocation, and lifetimes of seconds.
/// </summary>
public static class Provider
{
    public static async Task<WebApplication> Build(DemoSettings settings)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls(settings.Urls);
        builder.WebHost.UseSetting("AllowedHosts", "localhost;127.0.0.1;[::1]"); // prevents DNS rebinding
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        builder.Logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.None); // whoever starts it reports why it cannot
        builder.Logging.AddFilter("OpenIddict", LogLevel.Critical); // OpenIddict logs every rejection, and rejections are expected here
        var folder = Directory.CreateTempSubdirectory("demo-provider-");
        builder.Services.AddDbContext<DbContext>(db => db
            .UseSqlite($"Data Source={Path.Combine(folder.FullName, "grants.db")};Pooling=False")
            .UseOpenIddict());
        builder.Services.AddAuthentication(CookieAuthenticationDefaults.AuthenticationScheme).AddCookie(cookie => cookie.Cookie.Name = "demo-provider");
        builder.Services.AddAuthorization();
        builder.Services.AddDataProtection().UseEphemeralDataProtectionProvider(); // sign-ins end with the process
        builder.Services.AddSingleton<Mailboxes>();
        AddOpenIddict(builder.Services, settings);
        var app = builder.Build();
        app.UseAuthentication();
        app.UseAuthorization();
        app.MapSignIn();
        app.MapTokens();
        app.MapApis();
        app.Lifetime.ApplicationStopped.Register(() => folder.Delete(recursive: true));
        await Prepare(app);
        return app;
    }

    private static void AddOpenIddict(IServiceCollection services, DemoSettings settings) => services.AddOpenIddict()
        .AddCore(core => core.UseEntityFrameworkCore().UseDbContext<DbContext>())
        .AddServer(server =>
        {
            server.SetAuthorizationEndpointUris("connect/authorize")
                .SetTokenEndpointUris("connect/token")
                .SetRevocationEndpointUris("connect/revoke")
                .AllowAuthorizationCodeFlow()
                .AllowRefreshTokenFlow()
                .RequireProofKeyForCodeExchange()
                .RegisterScopes([.. DemoSettings.Scopes.Keys])
                .SetAccessTokenLifetime(TimeSpan.FromSeconds(settings.AccessTokenSeconds))
                .SetRefreshTokenLifetime(TimeSpan.FromSeconds(settings.RefreshTokenSeconds))
                .SetRefreshTokenReuseLeeway(TimeSpan.Zero) // reuse ends the grant
                .AddEphemeralEncryptionKey()
                .AddEphemeralSigningKey();
            server.UseAspNetCore()
                .EnableAuthorizationEndpointPassthrough()
                .EnableTokenEndpointPassthrough()
                .DisableTransportSecurityRequirement(); // loopback
        })
        .AddValidation(validation =>
        {
            validation.UseLocalServer();
            validation.EnableTokenEntryValidation();
            validation.EnableAuthorizationEntryValidation(); // revoking a grant also ends its access tokens
            validation.UseAspNetCore();
        });

    private static async Task Prepare(WebApplication app)
    {
        await using var scope = app.Services.CreateAsyncScope();
        await scope.ServiceProvider.GetRequiredService<DbContext>().Database.EnsureCreatedAsync();
        var client = new OpenIddictApplicationDescriptor
        {
            ApplicationType = ApplicationTypes.Native, // allows any port of the service
            ClientId = DemoSettings.ClientId,
            ClientSecret = DemoSettings.ClientSecret,
            ClientType = ClientTypes.Confidential,
            DisplayName = "Connections",
            RedirectUris = { new Uri("http://127.0.0.1/api/oauth/callback"), new Uri("http://localhost/api/oauth/callback") },
            Permissions =
            {
                Permissions.Endpoints.Authorization, Permissions.Endpoints.Token, Permissions.Endpoints.Revocation,
                Permissions.GrantTypes.AuthorizationCode, Permissions.GrantTypes.RefreshToken, Permissions.ResponseTypes.Code
            }
        };
        foreach (var name in DemoSettings.Scopes.Keys) client.Permissions.Add(Permissions.Prefixes.Scope + name);
        await scope.ServiceProvider.GetRequiredService<IOpenIddictApplicationManager>().CreateAsync(client);
    }
}
