using System.Reflection;

namespace Connections.Hosting;

/// <summary>The version of the program that runs, as its build found it in the tags of the repository.</summary>
public static class ServiceVersion
{
    public static string Text { get; } =
        Assembly.GetEntryAssembly()?.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown";
}
