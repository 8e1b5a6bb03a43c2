using Microsoft.Extensions.Configuration;

namespace Connections.Hosting;

/// <summary>A connection string under a key, or in the file that <c>&lt;key&gt;:File</c> names: it may hold a password.</summary>
internal static class ConnectionSetting
{
    /// <param name="wanted">Which setting wants it, and an example.</param>
    /// <exception cref="HostSettingsException">It is not given, or twice, or its file cannot be read.</exception>
    public static string Read(IConfiguration configuration, string key, string wanted)
    {
        var (given, file) = (configuration[key], configuration[$"{key}:File"]);
        if (given is not null && file is not null) throw new HostSettingsException($"{key} is given twice: also in {key}:File.");
        var text = (file is null ? given : Content(file, key))?.Trim();
        return string.IsNullOrEmpty(text)
            ? throw new HostSettingsException($"{wanted}. Give it as {key}, or in a file that {key}:File names.")
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
