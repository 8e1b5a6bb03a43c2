using System.Globalization;
using System.Text.Json;
using Connections.Connectors.Catalogue;
using Connections.Connectors.Guard;
using Connections.Connectors.Ssh;

namespace Connections.Connectors.Databases;

internal sealed record DatabaseSettings(
    string Host, int Port, string Database, string Tls, string? CaCertificate, bool AllowWrites, SshSettings? Ssh = null)
{
    public bool Encrypted => Tls != "disable";

    public bool MustEncrypt => Tls is "require" or "verify-full" or "strict";

    public bool Verified => Tls is "verify-full" or "strict";

    /// <summary>Uses the default for a field that is missing in older stored settings.</summary>
    public static DatabaseSettings Parse(JsonElement settings, int defaultPort) => new(
        Normalize(Json.Text(settings, "host")),
        Number(settings, "port", defaultPort),
        Json.Text(settings, "database") ?? "",
        Json.Text(settings, "tls") ?? "require",
        Json.Text(settings, "caCertificate"),
        settings.TryGetProperty("allowWrites", out var writes) && writes.ValueKind == JsonValueKind.True,
        settings.TryGetProperty("ssh", out var ssh) && ssh.ValueKind == JsonValueKind.Object ? ParseSsh(ssh) : null);

    /// <summary>The display name of the account.</summary>
    public string Display(string user) => $"{user}@{Database} on {Host}:{Port.ToString(CultureInfo.InvariantCulture)}"
        + (Ssh is null ? "" : $" through {Ssh.Host}");

    /// <summary>The account identity derived from the form. It includes the SSH host, which decides what the address means.</summary>
    public AccountIdentity Address(string user)
    {
        string[] parts = [Host, Port.ToString(CultureInfo.InvariantCulture), Database, user];
        return new AccountIdentity("address", JsonSerializer.Serialize(Ssh is null ? parts : [.. parts, Ssh.Host]));
    }

    public string Target(string scheme) => Ssh is null ? $"{scheme}://{Host}:{Port}" : $"ssh://{Ssh.Host}:{Ssh.Port}/{scheme}://{Host}:{Port}";

    private static SshSettings ParseSsh(JsonElement ssh) => new(
        Normalize(Json.Text(ssh, "host")), Number(ssh, "port", 22), Json.Text(ssh, "user") ?? "", Json.Text(ssh, "hostKeyFingerprint"));

    private static string Normalize(string? host) => HostName.Parse(host, out _)?.Name ?? host?.ToLowerInvariant() ?? "";

    internal static int Number(JsonElement settings, string name, int defaultValue) =>
        settings.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number) ? number : defaultValue;
}
