using Connections.Hosting.Keys;

namespace Connections.Console.Words;

/// <summary>Sentences about what a role may not do.</summary>
public static class RoleWords
{
    /// <param name="person">Whether a person signed in, and not a key.</param>
    public static string Limit(Role role, bool person) => $"Your {(person ? "role" : "key")} may {role switch
    {
        Role.Viewer => "look, not run or change",
        Role.Runner => "look and run, not change",
        _ => "change connections, not keys"
    }}.";
}
