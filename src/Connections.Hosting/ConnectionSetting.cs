using Microsoft.Extensions.Configuration;

namespace Connections.Hosting;

/// <summary>
/// Reads a connection string or a secret from a key, or from the file that <c>&lt;key&gt;:File</c> names. The string may hold a password.
/// </summary>
internal static class ConnectionSetting
{
    /// <param name="requirement">The start of the error message: which setting needs the text, with an example.</param>
    /// <exception cref="HostSettingsException">The text is missing or given twice, or its file cannot be read.</exception>
    public static string Read(IConfiguration configuration, string key, string requirement)
    {
        var (given, file) = (configuration[key], configuration[$"{key}:File"]);
        if (given is not null && file is not null) throw new HostSettingsException($"{key} and {key}:File are both set. Set only one.");
        var text = (file is null ? given : Content(file, key))?.Trim();
        return string.IsNullOrEmpty(text)
            ? throw new HostSettingsException($"{requirement}. Set {key}, or write it to a file and set {key}:File.")
            : text;
    }

    private static string Content(string file, string key)
    {
        try
        {
            return File.ReadAllText(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new HostSettingsException($"The file that {key}:File names cannot be read: {file} ({e.GetType().Name}).");
        }
    }
}
