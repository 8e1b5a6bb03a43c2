using System.Text;

namespace Connections.Connectors.S3;

/// <summary>A bucket and a key in it. Written as a path, it begins with a slash, and with the bucket if the connection names none.</summary>
/// <param name="Key">Empty: the bucket itself.</param>
internal sealed record S3Path(string Bucket, string Key)
{
    private const int LongestKey = 1024;

    /// <summary>Null if the path names no bucket, or a key that cannot be addressed; <paramref name="problem"/> then gives the reason.</summary>
    public static S3Path? Parse(S3Settings settings, string? path, out string? problem)
    {
        var rest = path is ['/', .. var below] ? below : path ?? "";
        var bucket = settings.Bucket;
        if (bucket is null)
        {
            var slash = rest.IndexOf('/');
            (bucket, rest) = slash < 0 ? (rest, "") : (rest[..slash], rest[(slash + 1)..]);
        }

        problem = Objection(bucket, rest);
        return problem is null ? new S3Path(bucket, rest) : null;
    }

    /// <summary>The last part of the key.</summary>
    public string Name => Key.TrimEnd('/') is var whole ? whole[(whole.LastIndexOf('/') + 1)..] : "";

    public string Written(S3Settings settings) => settings.Bucket is null ? $"/{Bucket}/{Key}" : $"/{Key}";

    private static string? Objection(string bucket, string key)
    {
        if (bucket.Length == 0) return "The path must begin with a bucket, such as /my-bucket/invoices: the connection names none.";
        if (!char.IsAsciiLetterOrDigit(bucket[0]) || !bucket.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_'))
            return "The path must begin with the name of a bucket.";
        if (key.Any(char.IsControl)) return "The name must not contain control characters.";
        if (key.Split('/').Any(part => part is "." or "..")) return "The path must not have . or .. as a part.";
        if (key.EnumerateRunes().Any(rune => rune == Rune.ReplacementChar)) return "The name is not valid text.";
        return Encoding.UTF8.GetByteCount(key) > LongestKey ? $"The path is longer than {LongestKey} bytes, the limit of S3." : null;
    }
}
