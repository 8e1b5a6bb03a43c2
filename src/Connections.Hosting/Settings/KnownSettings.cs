namespace Connections.Hosting.Settings;

/// <summary>The configuration keys of the service, as docs/configuration.md lists them. A star stands for any one part of a name.</summary>
public static class KnownSettings
{
    public static readonly IReadOnlyList<string> Names =
    [
        "Activities:RetentionDays",
        "Bus:CaFile", "Bus:Connection", "Bus:Connection:File", "Bus:Transport",
        "Connectors:*:Servers:*", "Connectors:Folder",
        "Console:Oidc:Authority", "Console:Oidc:ClientId", "Console:Oidc:ClientSecret", "Console:Oidc:ClientSecret:File", "Console:Oidc:Name",
        "Console:Oidc:RoleClaim", "Console:Oidc:Roles:*", "Console:Oidc:Roles:*:*", "Console:Oidc:Scopes", "Console:Oidc:Workspace",
        "Console:Oidc:WorkspaceClaim", "Console:Oidc:Workspaces:*", "Console:Oidc:Workspaces:*:*",
        "Demo:AccessTokenSeconds", "Demo:RefreshTokenSeconds", "Demo:Urls",
        "EventLog:Connection", "EventLog:Connection:File", "EventLog:Store",
        "Files:Bucket:AccessKeyId", "Files:Bucket:Endpoint", "Files:Bucket:Name", "Files:Bucket:Prefix", "Files:Bucket:Region",
        "Files:Bucket:SecretAccessKey", "Files:Bucket:SecretAccessKey:File", "Files:Folder", "Files:MaxBytes", "Files:RetentionHours",
        "Health:Listen",
        "Http:OpenRequestsPerKey", "Http:PublicUrl", "Http:RequestsPerSecond",
        "Network:AllowPrivate", "Network:AllowPrivate:*", "Network:EgressAddresses", "Network:EgressAddresses:*",
        "OAuth:*:*", "OAuth:*:*:File", "OAuth:*:Workspaces:*:*", "OAuth:*:Workspaces:*:*:File",
        "Sql:Connection", "Sql:Connection:File", "Sql:Provider",
        "Vault:ActiveKey", "Vault:Keys:*", "Vault:Keys:*:File"
    ];

    // Read by .NET itself.
    private static readonly string[] OfTheFramework =
        ["allowedhosts", "applicationname", "contentroot", "data", "environment", "http_ports", "https_ports", "urls"];

    private static readonly string[] SectionsOfTheFramework = ["Kestrel", "Logging"];

    private static readonly HashSet<string> Sections = Names.Select(Section).ToHashSet(StringComparer.OrdinalIgnoreCase);

    /// <summary>Whether the key belongs to a section of the service.</summary>
    public static bool Owns(string key) => key.Contains(':', StringComparison.Ordinal) && Sections.Contains(Section(key));

    public static bool Knows(string key) => Names.Any(name => Matches(name, key));

    /// <summary>Whether the command line may hold the key: one of the service, or one that .NET reads.</summary>
    public static bool Accepts(string key) => Knows(key)
        || OfTheFramework.Contains(key.ToLowerInvariant())
        || SectionsOfTheFramework.Contains(Section(key), StringComparer.OrdinalIgnoreCase)
        || key.StartsWith("OTEL_", StringComparison.Ordinal);

    /// <summary>The keys that a person may have meant: those of the same section, or else all sections.</summary>
    public static string Hint(string key) => Owns(key)
        ? $"The settings of {Section(key)} are {string.Join(", ", Names.Where(name => Same(Section(name), Section(key))))}."
        : $"The settings begin with {string.Join(", ", Names.Select(Section).Distinct().Select(section => $"{section}:"))} or are data and urls.";

    private static string Section(string key) => key.Split(':', 2)[0];

    private static bool Matches(string name, string key)
    {
        var (wanted, given) = (name.Split(':'), key.Split(':'));
        return wanted.Length == given.Length && wanted.Zip(given).All(part => part.First == "*" || Same(part.First, part.Second));
    }

    private static bool Same(string a, string b) => a.Equals(b, StringComparison.OrdinalIgnoreCase);
}
