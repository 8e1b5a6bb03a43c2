using System.Text.Json;
using System.Text.RegularExpressions;
using Connections.Domain;
using Microsoft.Extensions.Configuration;

namespace Connections.Connectors.OAuth;

/// <summary>Our application at a provider, as the operator registered it there.</summary>
public sealed partial class OAuthApplication(string clientId, Secret secret, IReadOnlyDictionary<string, string> values)
{
    public string ClientId => clientId;

    /// <summary>Null for an application without one (a public client).</summary>
    internal string? ClientSecret => secret.Field("clientSecret");

    /// <summary>A template of the definition with this application's values.</summary>
    /// <exception cref="OAuthSettingsException">A value that the template needs is not configured.</exception>
    public string Fill(string template, OAuthDefinition definition) => Place().Replace(template, place =>
    {
        var name = place.Groups[1].Value;
        if (values.TryGetValue(name, out var given)) return given.TrimEnd('/');
        return definition.Values?.TryGetValue(name, out var standard) == true
            ? standard.TrimEnd('/')
            : throw new OAuthSettingsException($"The OAuth application has no value for {{{name}}}.");
    });

    [GeneratedRegex(@"\{(\w+)\}")]
    private static partial Regex Place();
}

/// <summary>An OAuth application is not configured as its connector needs it; the message says what to change.</summary>
public sealed class OAuthSettingsException(string message) : Exception(message);

/// <summary>
/// Section <c>OAuth</c>: the applications by connector, and by workspace where it has one of its own (<c>OAuth:gmail:ClientId</c>,
/// <c>OAuth:gmail:Workspaces:acme:ClientId</c>).
/// </summary>
public sealed class OAuthApplications
{
    public const string Section = "OAuth";

    private static readonly string[] Own = ["ClientId", "ClientSecret", "Workspaces"];

    // like all keys of configuration, they have no case
    private readonly Dictionary<string, OAuthApplication> applications = new(StringComparer.OrdinalIgnoreCase);

    /// <exception cref="OAuthSettingsException">A secret is given twice, or its file cannot be read.</exception>
    public OAuthApplications(IConfiguration configuration)
    {
        foreach (var connector in configuration.GetSection(Section).GetChildren())
        {
            Add(connector.Key, null, connector, new(StringComparer.OrdinalIgnoreCase));
            foreach (var workspace in connector.GetSection("Workspaces").GetChildren())
                Add(connector.Key, workspace.Key, workspace, Values(connector));
        }
    }

    public bool Any => applications.Count > 0;

    /// <summary>Null where the operator registered none.</summary>
    public OAuthApplication? Find(string connector, string? workspace) =>
        applications.GetValueOrDefault(Key(connector, workspace)) ?? applications.GetValueOrDefault(Key(connector, null));

    private static string Key(string connector, string? workspace) => $"{connector}/{workspace}";

    private void Add(string connector, string? workspace, IConfigurationSection section, Dictionary<string, string> inherited)
    {
        if (section["ClientId"] is not { Length: > 0 } id) return;
        foreach (var (name, value) in Values(section)) inherited[name] = value;
        var secret = JsonSerializer.SerializeToElement(new Dictionary<string, string?> { ["clientSecret"] = ReadSecret(section) });
        applications[Key(connector, workspace)] = new OAuthApplication(id, Secret.From(secret), inherited);
    }

    private static Dictionary<string, string> Values(IConfigurationSection section) => section.GetChildren()
        .Where(child => !Own.Contains(child.Key, StringComparer.OrdinalIgnoreCase) && child.Value is not null)
        .ToDictionary(child => child.Key, child => child.Value!, StringComparer.OrdinalIgnoreCase);

    private static string? ReadSecret(IConfigurationSection section)
    {
        var (given, file) = (section["ClientSecret"], section["ClientSecret:File"]);
        if (file is null) return given;
        if (given is not null) throw new OAuthSettingsException($"{section.Path}:ClientSecret is given twice: also in {section.Path}:ClientSecret:File.");
        try
        {
            return File.ReadAllText(file).Trim();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new OAuthSettingsException($"The file that {section.Path}:ClientSecret:File names cannot be read: {file} ({e.GetType().Name}).");
        }
    }
}
