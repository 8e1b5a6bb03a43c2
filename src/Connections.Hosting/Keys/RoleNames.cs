namespace Connections.Hosting.Keys;

public static class RoleNames
{
    /// <summary>The name of the role in requests, responses and policies.</summary>
    public static string Text(this Role role) => role.ToString().ToLowerInvariant();
}
