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

    /// <summary>Values of the sign-in that requests need, such as the host of the account's region. Empty where there are none.</summary>
    public IReadOnlyDictionary<string, string> Kept => stored.Field("kept") is { } text
        ? JsonSerializer.Deserialize<Dictionary<string, string>>(text)!
        : new Dictionary<string, string>();

    /// <summary>
    /// Keeps the earlier refresh token if the provider returned none, because then the earlier one stays valid. Keeps the earlier values
    /// that are not returned again.
    /// </summary>
    public Grant Following(Grant before)
    {
        var kept = new Dictionary<string, string>(before.Kept);
        foreach (var (name, value) in Kept) kept[name] = value;
        return (RefreshToken is not null || before.RefreshToken is null) && kept.Count == Kept.Count
            ? this
            : Create(AccessToken, RefreshToken ?? before.RefreshToken, ExpiresAt, Lifetime, stored.Field("scope"), kept);
    }

    /// <summary>The same tokens with further kept values.</summary>
    public Grant WithKept(IReadOnlyDictionary<string, string> more) => more.Count == 0
        ? this
        : Create(AccessToken, RefreshToken, ExpiresAt, Lifetime, stored.Field("scope"), Kept.Concat(more).GroupBy(k => k.Key).ToDictionary(k => k.Key, k => k.Last().Value));

    public static Grant Create(
        string accessToken, string? refreshToken, DateTimeOffset expiresAt, TimeSpan lifetime, string? scope,
        IReadOnlyDictionary<string, string>? kept = null)
    {
        var stored = new Dictionary<string, object?>
        {
            ["accessToken"] = accessToken,
            ["refreshToken"] = refreshToken,
            ["expiresAt"] = expiresAt.UtcDateTime.ToString("O", CultureInfo.InvariantCulture),
            ["lifetimeSeconds"] = lifetime.TotalSeconds,
            ["scope"] = scope
        };
        if (kept is { Count: > 0 }) stored["kept"] = kept;
        return new(Secret.From(JsonSerializer.SerializeToElement(stored)));
    }

    public override string ToString() => "***";
}
