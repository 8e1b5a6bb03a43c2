using System.Diagnostics;

namespace EndToEnd.Tests.Files;

/// <summary>A disk in memory with room for a few megabytes. Only root can create one.</summary>
internal sealed class SmallDisk : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("small-disk-");

    private SmallDisk()
    {
    }

    public string Path => folder.FullName;

    /// <summary>Skips the test where no disk can be mounted.</summary>
    public static SmallDisk Mount(int megabytes)
    {
        var disk = new SmallDisk();
        if (OperatingSystem.IsLinux() && Run("mount", "-t", "tmpfs", "-o", $"size={megabytes}m", "tmpfs", disk.Path)) return disk;
        disk.folder.Delete();
        Assert.Skip("mounting a disk needs root on Linux");
        throw new UnreachableException();
    }

    public void Dispose()
    {
        Run("umount", Path);
        folder.Delete(recursive: true);
    }

    private static bool Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
        process.WaitForExit();
        return process.ExitCode == 0;
    }
}
