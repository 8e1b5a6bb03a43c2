using Microsoft.Extensions.Configuration;

namespace Connections.Connectors.Definitions;

/// <summary>The folder of the users' own definitions.</summary>
public static class DefinitionFolder
{
    public const string Setting = "Connectors:Folder";

    /// <summary>Its files; none if no folder is configured. A folder that cannot be read counts as one broken file.</summary>
    public static IReadOnlyList<DefinitionFile> Read(IConfiguration configuration)
    {
        if (configuration[Setting] is not { Length: > 0 } folder) return [];
        try
        {
            return DefinitionFile.Folder(folder);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [DefinitionFile.Unreadable(folder)];
        }
    }
}
