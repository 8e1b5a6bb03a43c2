using System.Globalization;
using System.Text.Json;

namespace Connections.Domain.Token;

/// <summary>The tokens that a provider returned at a sign-in or a refresh, in the form that the vault stores.</summary>
public sealed class Grant
{
    private readonly Secret stored;

    /// <param name="stored">In the form that <see cref="Create"/> makes.</param>
    public Grant(Secret stored) => this.stored = stored;

    /// <summary>The content to store in the vault.</summary>
    public Secret Stored => stored;

    public string AccessToken => stored.Field("accessToken") ?? "";

    /// <summary>Null where the provider returned none: then the access token cannot be refreshed.</summary>
    public string? RefreshToken => stored.Field("refreshToken");

    /// <summary>The expiry of the access token.</summary>
    public DateTimeOffset ExpiresAt => stored.Field("expiresAt") is { } text
        ? DateTimeOffset.Parse(text, CultureInfo.InvariantCulture)
        : DateTimeOffset.MinValue;

    /// <summary>The end of the sign-in; null where a refresh token can renew it.</summary>
    public DateTimeOffset? EndsAt => RefreshToken is null ? ExpiresAt : null;

    /// <summary>The lifetime of the access token at the time it was issued.</summary>
    public TimeSpan Lifetime => stored.Field("lifetimeSeconds") is { } text
        ? TimeSpan.FromSeconds(double.Parse(text, CultureInfo.InvariantCulture))
        : TimeSpan.Zero;

    /// <summary>The granted scopes; null where the provider did not return them, which means all requested scopes.</summary>
    public IReadOnlyList<string>? Scopes => stored.Field("scope")?.Split(' ', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>Keeps the earlier refresh token if the provider returned none, because then the earlier one stays valid.</summary>
    public Grant Following(Grant before) =>
        RefreshToken is not null || before.RefreshToken is null
            ? this
            : Create(AccessToken, before.RefreshToken, ExpiresAt, Lifetime, stored.Field("scope"));

    public static Grant Create(string accessToken, string? refreshToken, DateTimeOffset expiresAt, TimeSpan lifetime, string? scope) =>
        new(Secret.From(JsonSerializer.SerializeToElement(new Dictionary<string, object?>
        {
            ["accessToken"] = accessToken,
            ["refreshToken"] = refreshToken,
            ["expiresAt"] = expiresAt.UtcDateTime.ToString("O", CultureInfo.InvariantCulture),
            ["lifetimeSeconds"] = lifetime.TotalSeconds,
            ["scope"] = scope
        })));

    public override string ToString() => "***";
}
