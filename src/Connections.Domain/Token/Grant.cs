using System.Globalization;
using System.Text.Json;

namespace Connections.Domain.Token;

/// <summary>What a provider gave at a sign-in or a refresh, as the vault keeps it.</summary>
public sealed class Grant
{
    private readonly Secret kept;

    /// <param name="kept">As <see cref="Create"/> made it.</param>
    public Grant(Secret kept) => this.kept = kept;

    /// <summary>For the vault.</summary>
    public Secret Kept => kept;

    public string AccessToken => kept.Field("accessToken") ?? "";

    /// <summary>Null where the provider gave none: the access token cannot be renewed.</summary>
    public string? RefreshToken => kept.Field("refreshToken");

    /// <summary>When the access token ends.</summary>
    public DateTimeOffset ExpiresAt => kept.Field("expiresAt") is { } text
        ? DateTimeOffset.Parse(text, CultureInfo.InvariantCulture)
        : DateTimeOffset.MinValue;

    /// <summary>When the sign-in itself ends; null where it can be renewed.</summary>
    public DateTimeOffset? EndsAt => RefreshToken is null ? ExpiresAt : null;

    /// <summary>How long the access token lived when it was given.</summary>
    public TimeSpan Lifetime => kept.Field("lifetimeSeconds") is { } text
        ? TimeSpan.FromSeconds(double.Parse(text, CultureInfo.InvariantCulture))
        : TimeSpan.Zero;

    /// <summary>Granted, where the provider said so; null where it said nothing: then those that were asked for.</summary>
    public IReadOnlyList<string>? Scopes => kept.Field("scope")?.Split(' ', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>A provider that returns no refresh token means that the one before stays good.</summary>
    public Grant Following(Grant before) =>
        RefreshToken is not null || before.RefreshToken is null
            ? this
            : Create(AccessToken, before.RefreshToken, ExpiresAt, Lifetime, kept.Field("scope"));

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
