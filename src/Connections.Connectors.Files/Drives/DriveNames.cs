namespace Connections.Connectors.Drives;

/// <summary>Rules for the names of files.</summary>
internal static class DriveNames
{
    /// <exception cref="DriveException">The name is not valid.</exception>
    public static string Check(string name, int longest, string forbidden = "")
    {
        if (string.IsNullOrWhiteSpace(name)) throw DriveException.Wrong("The name must not be empty.");
        if (name.Any(char.IsControl)) throw DriveException.Wrong("The name must not contain control characters.");
        if (name.Length > longest) throw DriveException.Wrong($"The name must have at most {longest} characters.");
        return name.FirstOrDefault(forbidden.Contains) is var found && found != default
            ? throw DriveException.Wrong($"The name must not contain {found}.")
            : name;
    }
}
