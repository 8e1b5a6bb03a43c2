using System.Diagnostics;

namespace EventLog.Tests;

/// <summary>A 4 MB disk in memory, if the user may mount one.</summary>
internal sealed class SmallDisk : IDisposable
{
    private SmallDisk(string path) => Path = path;

    public string Path { get; }

    public static SmallDisk? Mount(string folder)
    {
        var path = Directory.CreateDirectory(System.IO.Path.Combine(folder, "disk")).FullName;
        return OperatingSystem.IsLinux() && Run("mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", path) ? new SmallDisk(path) : null;
    }

    public void MakeReadOnly() => Assert.True(Run("mount", "-o", "remount,ro", Path));

    public void Dispose() => Run("umount", Path);

    private static bool Run(string program, params string[] arguments)
    {
        var quietly = new ProcessStartInfo(program, arguments) { RedirectStandardError = true, RedirectStandardOutput = true };
        using var process = Process.Start(quietly);
        process!.WaitForExit();
        return process.ExitCode == 0;
    }
}
