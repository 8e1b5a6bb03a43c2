using Connections.Domain;
using EventSourcing;

namespace Connections.Hosting.Keys;

/// <summary>A validated request for a new API key.</summary>
public sealed record KeyRequest(string Name, Role Role, string Workspace, DateTimeOffset? ExpiresAt)
{
    private const int MaxNameLength = 100;

    /// <param name="mayNameWorkspace">Whether the request may name another workspace than <paramref name="own"/>.</param>
    /// <exception cref="RejectedException"><c>request.malformed</c> with fields, <c>request.forbidden</c></exception>
    public static KeyRequest Read(
        string? name, string? role, string? workspace, DateTimeOffset? expiresAt, string own, bool mayNameWorkspace, DateTimeOffset now)
    {
        var errors = new List<FieldError>();
        if (string.IsNullOrWhiteSpace(name) || name.Length > MaxNameLength || name.Any(char.IsControl))
            errors.Add(new FieldError("name", $"Must have from 1 to {MaxNameLength} characters, and no control characters."));
        if (!Assignable.TryGetValue(role ?? "", out var parsed))
            errors.Add(new FieldError("role", $"Must be one of {string.Join(", ", Assignable.Keys)}."));
        if (workspace is not null && !WorkspaceName.IsValid(workspace))
            errors.Add(new FieldError("workspace", "Must have from 1 to 63 lower-case letters, digits and dashes, and not begin with a dash."));
        if (expiresAt <= now) errors.Add(new FieldError("expiresAt", "Must be in the future."));
        if (errors.Count > 0) throw new RejectedException("request.malformed", "The request for a key has invalid fields.") { Errors = errors };
        if (workspace is not null && workspace != own && !mayNameWorkspace)
            throw new RejectedException("request.forbidden", "Only the operator's key may create keys for other workspaces.");
        return new KeyRequest(name!.Trim(), parsed, workspace ?? own, expiresAt);
    }

    // An operator's key can only be created on the machine.
    private static readonly Dictionary<string, Role> Assignable =
        new[] { Role.Viewer, Role.Runner, Role.Manager, Role.Admin }.ToDictionary(r => r.Text());
}
