using System.Text.RegularExpressions;

namespace Connections.Domain;

/// <summary>The name of a workspace: 1 to 63 lower-case letters, digits and dashes; the first character is not a dash.</summary>
public static partial class WorkspaceName
{
    /// <summary>Whether a stream can have this workspace name.</summary>
    public static bool IsValid(string name) => Pattern().IsMatch(name);

    [GeneratedRegex("^[a-z0-9][a-z0-9-]{0,62}\\z")]
    private static partial Regex Pattern();
}
