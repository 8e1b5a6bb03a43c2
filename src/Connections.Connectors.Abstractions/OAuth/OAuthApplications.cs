using System.Text.Json;
using System.Text.RegularExpressions;
using Connections.Domain;
using Microsoft.Extensions.Configuration;

namespace Connections.Connectors.OAuth;

/// <summary>The OAuth application that the operator registered at a provider.</summary>
public sealed partial class OAuthApplication(string clientId, Secret secret, IReadOnlyDictionary<string, string> values)
{
    public string ClientId => clientId;

    /// <summary>Null for a public client.</summary>
    internal string? ClientSecret => secret.Field("clientSecret");

    /// <summary>Replaces the placeholders of a template with this application's values.</summary>
    /// <exception cref="OAuthSettingsException">A value that the template needs is not configured.</exception>
    public string Fill(string template, OAuthDefinition definition) => Placeholder().Replace(template, match =>
    {
        var name = match.Groups[1].Value;
        if (values.TryGetValue(name, out var configured)) return configured.TrimEnd('/');
        return definition.Values?.TryGetValue(name, out var defaultValue) == true
            ? defaultValue.TrimEnd('/')
            : throw new OAuthSettingsException($"The OAuth application has no value for {{{name}}}.");
    });

    /// <summary>A value that the operator configured, such as <c>base</c>; null if there is none.</summary>
    public string? Value(string name) => values.GetValueOrDefault(name)?.TrimEnd('/');

    [GeneratedRegex(@"\{(\w+)\}")]
    private static partial Regex Placeholder();
}

/// <summary>The configuration of an OAuth application is incomplete or wrong. The message says what to change.</summary>
public sealed class OAuthSettingsException(string message) : Exception(message);

/// <summary>
/// Section <c>OAuth</c>: the applications by connector (<c>OAuth:gmail:ClientId</c>). A workspace may have its own
/// (<c>OAuth:gmail:Workspaces:acme:ClientId</c>).
/// </summary>
public sealed class OAuthApplications
{
    public const string Section = "OAuth";

    private static readonly string[] Reserved = ["ClientId", "ClientSecret", "Workspaces"];

    // Configuration keys are not case-sensitive.
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

    /// <summary>Null if the operator configured none.</summary>
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
        .Where(child => !Reserved.Contains(child.Key, StringComparer.OrdinalIgnoreCase) && child.Value is not null)
        .ToDictionary(child => child.Key, child => child.Value!, StringComparer.OrdinalIgnoreCase);

    private static string? ReadSecret(IConfigurationSection section)
    {
        var (given, file) = (section["ClientSecret"], section["ClientSecret:File"]);
        if (file is null) return given;
        if (given is not null) throw new OAuthSettingsException($"{section.Path}:ClientSecret and {section.Path}:ClientSecret:File are both set. Set only one.");
        try
        {
            return File.ReadAllText(file).Trim();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new OAuthSettingsException($"Cannot read the file in {section.Path}:ClientSecret:File: {file} ({e.GetType().Name}).");
        }
    }
}
