namespace Connections.Hosting.Keys;

public static class RoleNames
{
    /// <summary>As it is written in requests, responses and policies.</summary>
    public static string Text(this Role role) => role.ToString().ToLowerInvariant();
}
