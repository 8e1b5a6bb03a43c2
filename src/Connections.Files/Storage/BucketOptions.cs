namespace Connections.Files.Storage;

/// <summary>Section <c>Files:Bucket</c>: a bucket of Amazon S3 or of a compatible store.</summary>
public sealed class BucketOptions
{
    /// <summary>The bucket; null: there is none, and the bytes lie in a folder.</summary>
    public string? Name { get; set; }

    /// <summary>The beginning of all keys.</summary>
    public string Prefix { get; set; } = "";

    public string Region { get; set; } = "us-east-1";

    /// <summary>The address of a compatible store; null: Amazon's.</summary>
    public string? Endpoint { get; set; }

    public string? AccessKeyId { get; set; }

    public string? SecretAccessKey { get; set; }

    /// <summary>Why the secret key could not be read; null if it could, or there is none.</summary>
    internal string? Problem { get; set; }
}
