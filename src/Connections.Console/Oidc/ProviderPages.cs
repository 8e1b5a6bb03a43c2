using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Connections.Hosting.Oidc;
using Connections.Operations;
using Connections.Web.OAuth;
using Microsoft.AspNetCore.Authentication.OpenIdConnect;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Connections.Console.Oidc;

/// <summary>An account that may sign in at the provider and has no rights here.</summary>
/// <param name="Lacks"><c>role</c> or <c>workspace</c>.</param>
internal sealed record NoRole(string Account, string Claim, IReadOnlyList<string> Values, string Lacks)
{
    private const int MostValues = 10;
    private const int MostText = 40;

    /// <summary>Short enough for an address: proxies refuse long ones.</summary>
    public NoRole Short() => this with { Account = Cut(Account), Values = [.. Values.Take(MostValues).Select(Cut)] };

    [JsonIgnore]
    public string Text => Values.Count == 0
        ? $"The sign-in of {Account} has no claim “{Claim}”, which would give a {Lacks}."
        : $"The claim “{Claim}” of {Account} is {string.Join(", ", Values.Select(v => $"“{v}”"))}, and none of its values gives a {Lacks}.";

    private static string Cut(string text)
    {
        var line = Texts.Line(text);
        return line.Length <= MostText ? line : $"{line[..(char.IsHighSurrogate(line[MostText - 1]) ? MostText - 1 : MostText)]}…";
    }
}

/// <summary>Addresses and texts for the pages around the sign-in at the provider.</summary>
internal sealed class ProviderPages(
    OidcSignIn signIn, IDataProtectionProvider protection, IOptionsMonitor<OpenIdConnectOptions> options, PublicAddress address,
    ILogger<ProviderPages> logger)
{
    // Letters of other scripts as they are: escaped, each takes six characters.
    private static readonly JsonSerializerOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly IDataProtector sealing = protection.CreateProtector("no-role");

    /// <summary>The name of the provider; null if none is configured.</summary>
    public string? Name => signIn.Settings?.Name;

    /// <summary>
    /// The page that says why an account has no rights. Its text is sealed in the address, so that nobody else can write one.
    /// </summary>
    public string NoRole(NoRole account) =>
        $"sign-in/no-role?account={Base64Url.EncodeToString(sealing.Protect(JsonSerializer.SerializeToUtf8Bytes(account.Short(), Plain)))}";

    /// <summary>Null for an address that this service did not make.</summary>
    public NoRole? ReadNoRole(string? account)
    {
        try
        {
            return Base64Url.IsValid(account)
                ? JsonSerializer.Deserialize<NoRole>(sealing.Unprotect(Base64Url.DecodeFromChars(account)))
                : null;
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    /// <summary>The address that ends the person's session at the provider; null if the provider publishes none.</summary>
    public async Task<string?> EndSession(CancellationToken ct)
    {
        if (signIn.Settings is not { } settings) return null;
        try
        {
            var published = await options.Get(OidcRegistration.Scheme).ConfigurationManager!.GetConfigurationAsync(ct);
            if (!Uri.TryCreate(published.EndSessionEndpoint, UriKind.Absolute, out var end)) return null;
            if (end.Scheme is not ("https" or "http")) return null;
            return QueryHelpers.AddQueryString(end.AbsoluteUri, new Dictionary<string, string?>
            {
                ["client_id"] = settings.ClientId,
                ["post_logout_redirect_uri"] = address.At("sign-in").AbsoluteUri
            });
        }
        catch (Exception silent) when (silent is InvalidOperationException or HttpRequestException)
        {
            logger.LogWarning("The identity provider did not say where sessions end ({Fault})", silent.GetType().Name);
            return null;
        }
    }
}
