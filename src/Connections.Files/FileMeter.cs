using System.Diagnostics.Metrics;

namespace Connections.Files;

/// <summary>Counters of the files that this process stored, read and removed.</summary>
public static class FileMeter
{
    public const string Name = "Connections.Files";

    private static readonly Meter Meter = new(Name);

    private static readonly Counter<long> Uploads = Meter.CreateCounter<long>(
        "connections.files.uploads", "{file}", "Files that were stored, and uploads that ended without one, by outcome.");

    private static readonly Counter<long> Bytes = Meter.CreateCounter<long>(
        "connections.files.bytes", "By", "Bytes of files, by direction.");

    private static readonly Counter<long> Removals = Meter.CreateCounter<long>(
        "connections.files.removed", "{file}", "Files whose bytes were removed, by the reason.");

    private static readonly Counter<long> Faults = Meter.CreateCounter<long>(
        "connections.files.unreadable", "{file}", "Reads of files whose stored bytes were changed or are gone.");

    internal static void Uploaded(string outcome) => Uploads.Add(1, new KeyValuePair<string, object?>("outcome", outcome));

    internal static void Written(int bytes) => Bytes.Add(bytes, new KeyValuePair<string, object?>("direction", "in"));

    internal static void Read(int bytes) => Bytes.Add(bytes, new KeyValuePair<string, object?>("direction", "out"));

    internal static void Removed(string reason) => Removals.Add(1, new KeyValuePair<string, object?>("reason", reason));

    internal static void Unreadable() => Faults.Add(1);
}
