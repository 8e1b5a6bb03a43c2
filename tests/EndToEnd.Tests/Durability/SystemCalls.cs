using System.Text.RegularExpressions;

namespace EndToEnd.Tests.Durability;

/// <summary>A system call: its name, its file, and the lines of the record between which it ran.</summary>
internal sealed record SystemCall(string Name, string Arguments, int Begun, int Ended, bool Succeeded)
{
    public bool IsWriteTo(string file) => Name == "pwrite64" && On(file);

    public bool SyncsFile(string file) => Name is "fdatasync" or "fsync" && On(file) && Succeeded;

    public bool Says(string text) => Name is "sendmsg" or "sendto" or "write" && Arguments.Contains(text, StringComparison.Ordinal);

    private bool On(string file) => Arguments.Contains($"/{file}>", StringComparison.Ordinal);
}

/// <summary>The system calls of a process, recorded by strace.</summary>
internal static partial class SystemCalls
{
    private const string Strace = "/usr/bin/strace";

    public static bool Available => File.Exists(Strace);

    /// <summary>The tracer runs detached, so that the started process is the host itself.</summary>
    public static string[] RecordedIn(string file) =>
    [
        Strace, "--daemonize", "-f", "-y", "-s", "32",
        "-e", "trace=pwrite64,fsync,fdatasync,sendto,sendmsg,write", "-e", "signal=none", "-o", file
    ];

    public static List<SystemCall> Read(string file)
    {
        var (calls, open) = (new List<SystemCall>(), new Dictionary<string, SystemCall>());
        using var text = new StreamReader(new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
        for (var line = 0; text.ReadLine() is { } entry; line++)
        {
            if (Resumed().Match(entry) is { Success: true } resumed && open.Remove(resumed.Groups["pid"].Value, out var begun))
                calls.Add(begun with { Ended = line, Succeeded = Succeeded(resumed) });
            else if (Unfinished().Match(entry) is { Success: true } part)
                open[part.Groups["pid"].Value] = Call(part, line) with { Ended = int.MaxValue };
            else if (Whole().Match(entry) is { Success: true } whole)
                calls.Add(Call(whole, line) with { Succeeded = Succeeded(whole) });
        }

        return [.. calls.Concat(open.Values).OrderBy(c => c.Begun)];
    }

    private static SystemCall Call(Match match, int line) => new(match.Groups["name"].Value, match.Groups["arguments"].Value, line, line, false);

    private static bool Succeeded(Match match) => !match.Groups["result"].Value.StartsWith('-');

    [GeneratedRegex(@"^(?<pid>\d+)\s+(?<name>\w+)\((?<arguments>.*)\)\s+= (?<result>\S+)")]
    private static partial Regex Whole();

    [GeneratedRegex(@"^(?<pid>\d+)\s+(?<name>\w+)\((?<arguments>.*) <unfinished \.\.\.>$")]
    private static partial Regex Unfinished();

    [GeneratedRegex(@"^(?<pid>\d+)\s+<\.\.\. \w+ resumed>.*\)\s+= (?<result>\S+)")]
    private static partial Regex Resumed();
}
