using System.Globalization;
using System.Text.Json;

namespace Connections.Connectors.Postgres;

internal sealed record PostgresSettings(string Host, int Port, string Database, string Tls, string? CaCertificate, bool AllowWrites)
{
    public const int DefaultPort = 5432;

    public bool Encrypted => Tls != "disable";

    public bool MustEncrypt => Tls is "require" or "verify-full";

    /// <summary>Settings of before a field existed are read with its default.</summary>
    public static PostgresSettings Of(JsonElement settings)
    {
        var host = Text(settings, "host") ?? "";
        return new PostgresSettings(
            HostName.Parse(host, out _)?.Name ?? host.ToLowerInvariant(),
            settings.TryGetProperty("port", out var port) && port.TryGetInt32(out var number) ? number : DefaultPort,
            Text(settings, "database") ?? "",
            Text(settings, "tls") ?? "prefer",
            Text(settings, "caCertificate"),
            settings.TryGetProperty("allowWrites", out var writes) && writes.ValueKind == JsonValueKind.True);
    }

    /// <summary>What a person recognises the account by.</summary>
    public string Display(string user) => $"{user}@{Database} on {Host}:{Port.ToString(CultureInfo.InvariantCulture)}";

    private static string? Text(JsonElement settings, string name) =>
        settings.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
