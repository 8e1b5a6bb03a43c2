using System.Net;
using Connections.Connectors.OAuth;
using Connections.Hosting;
using Connections.Hosting.Oidc;
using Connections.Web.Keys;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Options;

namespace Connections.Web.OAuth;

/// <summary>
/// The address of this service for browsers: <c>Http:PublicUrl</c>, or on loopback the address that it listens on. The Host header of a
/// request is never used: a forged one would redirect authorization codes to another host.
/// </summary>
public sealed class PublicAddress(IOptions<ApiHttpOptions> options, IServer server, OAuthApplications applications, OidcSignIn oidc)
    : IHostedLifecycleService
{
    public Uri Callback => At("api/oauth/callback");

    /// <summary>The address of a page, for other services.</summary>
    public Uri At(string page) => new($"{Base.AbsoluteUri.TrimEnd('/')}/{page}");

    public bool Encrypted => Base.Scheme == Uri.UriSchemeHttps;

    /// <summary>Null when <c>Http:PublicUrl</c> has to be configured.</summary>
    public Uri? Known => options.Value.PublicUrl is { } given ? new Uri(given)
        : Listening.All(a => a.IsLoopback) ? Listening.FirstOrDefault()
        : null;

    /// <summary>The path below which browsers reach this service, without a slash at its end: empty, unless a reverse proxy adds one.</summary>
    public string BasePath(HttpContext http) => options.Value.PublicUrl is { } given
        ? new Uri(given).AbsolutePath.TrimEnd('/')
        : http.Request.PathBase.Value ?? "";

    /// <summary>Whether an origin is that of the configured address.</summary>
    public bool IsAt(Uri origin) => options.Value.PublicUrl is { } given
        && new Uri(given).GetLeftPart(UriPartial.Authority).Equals(origin.GetLeftPart(UriPartial.Authority), StringComparison.OrdinalIgnoreCase);

    /// <summary>Whether browsers reach this service over https.</summary>
    public bool IsEncrypted(HttpContext http) => Known?.Scheme == Uri.UriSchemeHttps || http.Request.IsHttps;

    private Uri Base => Known ?? throw new HostSettingsException("Http:PublicUrl is not configured.");

    private IEnumerable<Uri> Listening =>
        (server.Features.Get<IServerAddressesFeature>()?.Addresses ?? []).Select(a => Parse(a) ?? new Uri("http://everywhere.invalid"));

    /// <exception cref="HostSettingsException">A provider is configured, and no address is known for its redirects.</exception>
    public Task StartedAsync(CancellationToken cancellationToken) => (!applications.Any && oidc.Settings is null) || Known is not null
        ? Task.CompletedTask
        : throw new HostSettingsException(
            "A sign-in provider is configured, and it has to send browsers back to this service: set Http:PublicUrl to the address under "
            + "which browsers reach this service, such as https://connections.example.com.");

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Whether browsers may be redirected to this address: https, or http on loopback.</summary>
    public static bool Valid(string? given) => given is null
        || (Parse(given) is { } address && address.UserInfo.Length == 0 && address.Query.Length == 0 && address.Fragment.Length == 0
            && (address.Scheme == Uri.UriSchemeHttps || (address.Scheme == Uri.UriSchemeHttp && address.IsLoopback)));

    // "http://*:80" and "http://+:80" are not parsable addresses.
    private static Uri? Parse(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var address) && !IPAddress.Any.ToString().Equals(address.Host, StringComparison.Ordinal)
            ? address
            : null;
}
