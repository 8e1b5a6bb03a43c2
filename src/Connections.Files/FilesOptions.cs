using Connections.Files.Storage;

namespace Connections.Files;

/// <summary>Section <c>Files</c>.</summary>
public sealed class FilesOptions
{
    public const string Section = "Files";

    /// <summary>The folder of the bytes. All hosts of a deployment share it.</summary>
    public string? Folder { get; set; }

    /// <summary>The bucket of the bytes, instead of a folder.</summary>
    public BucketOptions Bucket { get; set; } = new();

    public int RetentionHours { get; set; } = 24;

    public long MaxBytes { get; set; } = 5L * 1024 * 1024 * 1024;

    public TimeSpan Retention => TimeSpan.FromHours(RetentionHours);
}
