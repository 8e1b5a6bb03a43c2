using System.Globalization;
using System.Text.Json;
using Connections.Connectors.Catalogue;
using Connections.Connectors.Guard;

namespace Connections.Connectors.Databases;

internal sealed record DatabaseSettings(
    string Host, int Port, string Database, string Tls, string? CaCertificate, bool AllowWrites, SshSettings? Ssh = null)
{
    public bool Encrypted => Tls != "disable";

    public bool MustEncrypt => Tls is "require" or "verify-full";

    public bool Verified => Tls == "verify-full";

    /// <summary>Settings of before a field existed are read with its default.</summary>
    public static DatabaseSettings Parse(JsonElement settings, int defaultPort) => new(
        Spelt(Json.Text(settings, "host")),
        Number(settings, "port", defaultPort),
        Json.Text(settings, "database") ?? "",
        Json.Text(settings, "tls") ?? "prefer",
        Json.Text(settings, "caCertificate"),
        settings.TryGetProperty("allowWrites", out var writes) && writes.ValueKind == JsonValueKind.True,
        settings.TryGetProperty("ssh", out var ssh) && ssh.ValueKind == JsonValueKind.Object ? SshSettings.Parse(ssh) : null);

    /// <summary>What a person recognises the account by.</summary>
    public string Display(string user) => $"{user}@{Database} on {Host}:{Port.ToString(CultureInfo.InvariantCulture)}"
        + (Ssh is null ? "" : $" through {Ssh.Host}");

    /// <summary>The account as it was typed; through another SSH host the same address is another one.</summary>
    public AccountIdentity Address(string user)
    {
        string[] parts = [Host, Port.ToString(CultureInfo.InvariantCulture), Database, user];
        return new AccountIdentity("address", JsonSerializer.Serialize(Ssh is null ? parts : [.. parts, Ssh.Host]));
    }

    public string Target(string scheme) => Ssh is null ? $"{scheme}://{Host}:{Port}" : $"ssh://{Ssh.Host}:{Ssh.Port}/{scheme}://{Host}:{Port}";

    internal static string Spelt(string? host) => HostName.Parse(host, out _)?.Name ?? host?.ToLowerInvariant() ?? "";

    internal static int Number(JsonElement settings, string name, int standard) =>
        settings.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number) ? number : standard;

}

/// <param name="Fingerprint">Of the host's key, as <c>SHA256:…</c>; null while nobody has confirmed it.</param>
internal sealed record SshSettings(string Host, int Port, string User, string? Fingerprint)
{
    public static SshSettings Parse(JsonElement ssh) => new(
        DatabaseSettings.Spelt(Json.Text(ssh, "host")),
        DatabaseSettings.Number(ssh, "port", 22),
        Json.Text(ssh, "user") ?? "",
        Json.Text(ssh, "hostKeyFingerprint"));
}
