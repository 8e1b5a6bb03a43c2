using System.Text.RegularExpressions;
using EventSourcing;

namespace Connections.Hosting.Keys;

/// <summary>A key as it is wished for, found allowed.</summary>
public sealed partial record KeyRequest(string Name, Role Role, string Workspace, DateTimeOffset? ExpiresAt)
{
    private const int LongestName = 100;

    /// <param name="mayNameWorkspace">Whether another workspace than <paramref name="own"/> may be named.</param>
    /// <exception cref="RejectedException"><c>request.malformed</c> with fields, <c>request.forbidden</c></exception>
    public static KeyRequest Read(
        string? name, string? role, string? workspace, DateTimeOffset? expiresAt, string own, bool mayNameWorkspace, DateTimeOffset now)
    {
        var errors = new List<FieldError>();
        if (string.IsNullOrWhiteSpace(name) || name.Length > LongestName || name.Any(char.IsControl))
            errors.Add(new FieldError("name", $"From 1 to {LongestName} characters."));
        if (!Given.TryGetValue(role ?? "", out var known)) errors.Add(new FieldError("role", $"One of {string.Join(", ", Given.Keys)}."));
        if (workspace is not null && !Workspaces().IsMatch(workspace))
            errors.Add(new FieldError("workspace", "Lower-case letters, digits and dashes, from 1 to 63, not beginning with a dash."));
        if (expiresAt <= now) errors.Add(new FieldError("expiresAt", "A time to come."));
        if (errors.Count > 0) throw new RejectedException("request.malformed", "The key cannot be made as it was asked for.") { Errors = errors };
        if (workspace is not null && workspace != own && !mayNameWorkspace)
            throw new RejectedException("request.forbidden", "Only the operator's key makes keys for other workspaces.");
        return new KeyRequest(name!.Trim(), known, workspace ?? own, expiresAt);
    }

    // an operator's key is made on the machine only
    private static readonly Dictionary<string, Role> Given =
        new[] { Role.Viewer, Role.Runner, Role.Manager, Role.Admin }.ToDictionary(r => r.Text());

    [GeneratedRegex("^[a-z0-9][a-z0-9-]{0,62}\\z")]
    private static partial Regex Workspaces();
}
