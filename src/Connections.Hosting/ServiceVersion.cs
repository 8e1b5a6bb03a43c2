using System.Reflection;

namespace Connections.Hosting;

/// <summary>The version of the running program. The build takes it from the tags of the repository.</summary>
public static class ServiceVersion
{
    public static string Text { get; } =
        Assembly.GetEntryAssembly()?.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown";
}
