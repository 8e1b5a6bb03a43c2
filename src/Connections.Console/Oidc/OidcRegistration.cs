using Connections.Hosting.Oidc;
using Connections.Web.OAuth;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.OpenIdConnect;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using TransportSecurity;

namespace Connections.Console.Oidc;

internal static class OidcRegistration
{
    public const string Scheme = "oidc";

    /// <summary>The page, below the base, to which the provider sends browsers back.</summary>
    public const string Callback = "sign-in/callback";

    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(15); // for the person at the provider
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);

    /// <summary>Adds the sign-in of people at the identity provider, if one is configured.</summary>
    /// <exception cref="Hosting.HostSettingsException">A setting is missing or cannot be used.</exception>
    public static void AddOidc(this IServiceCollection services, IConfiguration configuration)
    {
        var signIn = new OidcSignIn(OidcSettings.Read(configuration));
        services.AddSingleton(signIn);
        services.AddSingleton<IDataProtectionProvider, RingProtection>();
        services.AddSingleton<ProviderPages>();
        if (signIn.Settings is not { } settings) return;
        services.AddSingleton<OidcEvents>();
        // AddOpenIdConnect would read settings of its own below Authentication:Schemes.
        services.AddSingleton<IPostConfigureOptions<OpenIdConnectOptions>, OpenIdConnectPostConfigureOptions>();
        new AuthenticationBuilder(services).AddRemoteScheme<OpenIdConnectOptions, OpenIdConnectHandler>(
            Scheme, null, options => Configure(options, settings));
        services.AddOptions<OpenIdConnectOptions>(Scheme).Configure<PublicAddress>((options, address) =>
        {
            Configure(options.NonceCookie, "sign-in-nonce-", address.Encrypted);
            Configure(options.CorrelationCookie, "sign-in-correlation-", address.Encrypted);
        });
        // It logs messages of the provider. The events log what an operator needs.
        services.Configure<LoggerFilterOptions>(log => log.AddFilter("Microsoft.AspNetCore.Authentication.OpenIdConnect", LogLevel.None));
    }

    private static void Configure(OpenIdConnectOptions options, OidcSettings settings)
    {
        options.Authority = settings.Authority.AbsoluteUri;
        options.RequireHttpsMetadata = settings.Authority.Scheme == Uri.UriSchemeHttps;
        options.ClientId = settings.ClientId;
        options.ClientSecret = settings.ClientSecret;
        options.ResponseType = OpenIdConnectResponseType.Code;
        // A redirect, and not a form: cookies of this site come with it, and no script runs.
        options.ResponseMode = OpenIdConnectResponseMode.Query;
        options.UsePkce = true;
        options.Scope.Clear();
        foreach (var scope in settings.Scopes) options.Scope.Add(scope);
        options.CallbackPath = $"/{Callback}";
        // The provider cannot end sessions here.
        options.RemoteSignOutPath = default;
        options.SignedOutCallbackPath = default;
        options.MapInboundClaims = false;
        options.ClaimActions.Clear();
        options.SaveTokens = false;
        options.DisableTelemetry = true;
        options.RemoteAuthenticationTimeout = Longest;
        options.ProtocolValidator.NonceLifetime = Longest;
        options.BackchannelHttpHandler = ServerTrust.InSystem.CreateHandler();
        options.BackchannelTimeout = Timeout;
        options.EventsType = typeof(OidcEvents);
    }

    // A reverse proxy may serve the service below another path, and the prefix requires the path "/".
    private static void Configure(CookieBuilder cookie, string name, bool encrypted)
    {
        cookie.Name = encrypted ? $"__Host-{name}" : name;
        cookie.Path = "/";
        cookie.HttpOnly = true;
        cookie.SameSite = SameSiteMode.Lax;
        cookie.SecurePolicy = encrypted ? CookieSecurePolicy.Always : CookieSecurePolicy.None;
    }
}
