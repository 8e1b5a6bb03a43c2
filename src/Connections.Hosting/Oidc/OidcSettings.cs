using System.Security.Cryptography;
using System.Text.Json;
using Connections.Domain;
using Connections.Hosting.Keys;
using Microsoft.Extensions.Configuration;

namespace Connections.Hosting.Oidc;

/// <summary>The identity provider at which people sign in to the console, if one is configured.</summary>
public sealed record OidcSignIn(OidcSettings? Settings)
{
    /// <summary>A hash of the settings that decide about the rights of people; null without a provider.</summary>
    public string? Rules { get; } = Settings?.HashRules();
}

/// <summary>Section <c>Console:Oidc</c>.</summary>
/// <param name="Name">The name of the provider on the sign-in page.</param>
/// <param name="RoleClaim">The claim whose values give roles.</param>
/// <param name="Roles">The values that give each role. A star gives the role to every account.</param>
/// <param name="WorkspaceClaim">The claim whose values give the workspace; null if all people have the same one.</param>
/// <param name="Workspaces">The values that give each workspace.</param>
/// <param name="Workspace">The workspace of all people; null with a claim.</param>
public sealed record OidcSettings(
    string Name,
    Uri Authority,
    string ClientId,
    string? ClientSecret,
    IReadOnlyList<string> Scopes,
    string RoleClaim,
    IReadOnlyDictionary<Role, IReadOnlyList<string>> Roles,
    string? WorkspaceClaim,
    IReadOnlyDictionary<string, IReadOnlyList<string>> Workspaces,
    string? Workspace)
{
    private const string Everyone = "*";

    private static readonly Role[] Given = [Role.Viewer, Role.Runner, Role.Manager, Role.Admin];

    /// <summary>A hash of what decides about the rights of people: the provider and the claims.</summary>
    public string HashRules() => Convert.ToHexStringLower(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(new
    {
        Authority,
        ClientId,
        RoleClaim,
        Roles = Roles.OrderBy(r => r.Key).Select(r => new { r.Key, Values = r.Value.Order(StringComparer.Ordinal) }),
        WorkspaceClaim,
        Workspaces = Workspaces.OrderBy(w => w.Key, StringComparer.Ordinal)
            .Select(w => new { w.Key, Values = w.Value.Order(StringComparer.Ordinal) }),
        Workspace
    })));

    /// <summary>The highest role that one of the values gives.</summary>
    public Role? FindRole(IReadOnlyCollection<string> values) => Roles
        .Where(role => role.Value.Contains(Everyone) || role.Value.Any(values.Contains)).Select(role => (Role?)role.Key).Max();

    /// <summary>The workspace that one of the values gives; the first by name if they give several.</summary>
    public string? FindWorkspace(IReadOnlyCollection<string> values) => Workspace ?? Workspaces
        .Where(workspace => workspace.Value.Any(values.Contains)).Select(workspace => workspace.Key)
        .Order(StringComparer.Ordinal).FirstOrDefault();

    /// <returns>Null if no provider is configured.</returns>
    /// <exception cref="HostSettingsException">A setting is missing or cannot be used. The message does not quote the secret.</exception>
    public static OidcSettings? Read(IConfiguration configuration)
    {
        var section = configuration.GetSection("Console:Oidc");
        if (!section.GetChildren().Any()) return null;
        var authority = ReadAuthority(
            Required(configuration, "Console:Oidc:Authority", "the address of the provider, such as https://login.example.com"));
        var (claim, workspace) = (Text(configuration["Console:Oidc:WorkspaceClaim"]), Text(configuration["Console:Oidc:Workspace"]));
        if (claim is not null && workspace is not null)
            throw new HostSettingsException("Console:Oidc:WorkspaceClaim and Console:Oidc:Workspace are both set. Set only one.");
        var workspaces = Lists(section.GetSection("Workspaces")).ToDictionary(list => list.Name, list => list.Values);
        foreach (var name in workspaces.Keys.Append(workspace ?? "default").Where(name => !WorkspaceName.IsValid(name)))
            throw new HostSettingsException($"Console:Oidc names the workspace {name}, which cannot be one.");
        if (claim is null != (workspaces.Count == 0))
            throw new HostSettingsException(
                "Console:Oidc:WorkspaceClaim and Console:Oidc:Workspaces:<workspace> belong together. Set both or none.");
        var scopes = (configuration["Console:Oidc:Scopes"] ?? "openid profile email").Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (!scopes.Contains("openid"))
            throw new HostSettingsException("Console:Oidc:Scopes must contain openid: without it the provider names nobody.");
        return new OidcSettings(
            Text(configuration["Console:Oidc:Name"]) ?? authority.Host,
            authority,
            Required(configuration, "Console:Oidc:ClientId", "the id of this service at the provider"),
            ReadSecret(configuration),
            scopes,
            Text(configuration["Console:Oidc:RoleClaim"]) ?? "roles",
            ReadRoles(section.GetSection("Roles")),
            claim,
            workspaces,
            claim is null ? workspace ?? "default" : null);
    }

    private static Uri ReadAuthority(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var address)
            && (address.Scheme == Uri.UriSchemeHttps || (address.Scheme == Uri.UriSchemeHttp && address.IsLoopback))
            ? address
            : throw new HostSettingsException("Console:Oidc:Authority must be an address with https://, or http:// on loopback.");

    private static Dictionary<Role, IReadOnlyList<string>> ReadRoles(IConfigurationSection section)
    {
        var roles = new Dictionary<Role, IReadOnlyList<string>>();
        foreach (var (name, values) in Lists(section))
        {
            if (!Given.Any(role => role.Text() == name))
                throw new HostSettingsException(
                    $"Console:Oidc:Roles names {name}. The roles are {string.Join(", ", Given.Select(r => r.Text()))}.");
            roles.Add(Given.Single(role => role.Text() == name), values);
        }

        return roles.Count > 0 ? roles : throw new HostSettingsException(
            "Console:Oidc gives nobody a role. Set Console:Oidc:Roles:viewer, :runner, :manager or :admin to the value of the claim "
            + "that gives it.");
    }

    // One value, or several with numbers.
    private static IEnumerable<(string Name, IReadOnlyList<string> Values)> Lists(IConfigurationSection section) =>
        from child in section.GetChildren()
        let values = child.GetChildren().Select(c => c.Value).Prepend(child.Value).OfType<string>().Where(v => v.Length > 0).ToList()
        where values.Count > 0
        select (child.Key.ToLowerInvariant(), (IReadOnlyList<string>)values);

    private static string? ReadSecret(IConfiguration configuration) =>
        configuration["Console:Oidc:ClientSecret"] is null && configuration["Console:Oidc:ClientSecret:File"] is null
            ? null
            : ConnectionSetting.Read(
                configuration, "Console:Oidc:ClientSecret", "The secret of this service at the identity provider is empty");

    private static string Required(IConfiguration configuration, string key, string meaning) =>
        Text(configuration[key]) ?? throw new HostSettingsException($"Console:Oidc needs {key}: {meaning}.");

    private static string? Text(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();
}
