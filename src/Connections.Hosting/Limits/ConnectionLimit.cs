using System.Globalization;

namespace Connections.Hosting.Limits;

/// <summary>
/// How many HTTP connections a host accepts. Each one is a file descriptor of the process. A process without a free descriptor cannot open
/// files, call providers or load code, and ends. So some are kept for the service, and further connections are closed at once.
/// </summary>
public static class ConnectionLimit
{
    /// <summary>Below this number of descriptors the operator is warned.</summary>
    public const long Low = 4096;

    /// <summary>Descriptors kept for files, stores and providers; at least <see cref="LeastKept"/> where there are few.</summary>
    public const long Kept = 256;

    public const long LeastKept = 64;

    /// <summary>Of the descriptors kept, those for files and stores. The others are for calls to providers and files of workspaces.</summary>
    public const long ForStores = 32;

    /// <summary>With fewer descriptors no host can load its own code.</summary>
    public const long Least = 512;

    /// <summary>With fewer connections a host does not start.</summary>
    public const long LeastConnections = 64;

    private const string LimitsFile = "/proc/self/limits";
    private const string OpenFolder = "/proc/self/fd";

    /// <summary>The number of descriptors that this process may have; null if there is no limit, or it is unknown.</summary>
    public static long? Descriptors => File.Exists(LimitsFile) ? Read(File.ReadAllText(LimitsFile)) : null;

    /// <summary>The number of descriptors that this process has.</summary>
    public static long Open => Directory.Exists(OpenFolder) ? Directory.GetFileSystemEntries(OpenFolder).Length : 0;

    /// <exception cref="HostSettingsException">There are too few descriptors.</exception>
    public static long From(long descriptors, long open)
    {
        var needed = open + LeastKept + LeastConnections;
        return descriptors >= needed
            ? Math.Max(LeastConnections, descriptors - open - Math.Max(Kept, descriptors / 8))
            : throw new HostSettingsException(
                $"this process may have only {descriptors} open files and sockets, and needs {needed} or more. {Advice}");
    }

    /// <summary>The descriptors for calls to providers and files of workspaces, besides all connections that the host may accept.</summary>
    public static int Outbound(long descriptors, long open, long connections) =>
        (int)Math.Clamp(descriptors - open - connections - ForStores, 0, int.MaxValue);

    /// <exception cref="HostSettingsException">There are too few descriptors to load the program.</exception>
    public static void RequireLeast(long? descriptors)
    {
        if (descriptors < Least)
            throw new HostSettingsException($"this process may have only {descriptors} open files and sockets, and needs {Least} or more. {Advice}");
    }

    public static string Advice { get; } = $"Raise the limit to {Low} or more: ulimit -n, LimitNOFILE of systemd, or ulimits of a container.";

    /// <param name="limits">The content of <c>/proc/self/limits</c>. The first number of a line is the limit in force.</param>
    public static long? Read(string limits)
    {
        const string name = "Max open files";
        var line = limits.Split('\n').FirstOrDefault(line => line.StartsWith(name, StringComparison.Ordinal));
        var value = line?[name.Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries).FirstOrDefault();
        return long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0 ? number : null;
    }
}
