using System.Text;

namespace Connections.Connectors.Sftp;

/// <summary>A path below the folder of a connection: <c>/a/b.txt</c>.</summary>
internal sealed record SftpPath(string Value)
{
    private const int LongestName = 255;
    private const int LongestPath = 4096;

    /// <summary>Null if the path is none; <paramref name="problem"/> then gives the reason.</summary>
    public static SftpPath? Parse(string? path, out string? problem)
    {
        var parts = (path ?? "").Split('/', StringSplitOptions.RemoveEmptyEntries);
        problem = parts.Select(Objection).FirstOrDefault(objection => objection is not null);
        var whole = $"/{string.Join('/', parts)}";
        if (problem is null && Encoding.UTF8.GetByteCount(whole) > LongestPath) problem = $"The path is longer than {LongestPath} bytes.";
        return problem is null ? new SftpPath(whole) : null;
    }

    public bool IsRoot => Value == "/";

    public string Name => Value[(Value.LastIndexOf('/') + 1)..];

    public SftpPath Parent => new(Value.LastIndexOf('/') is > 0 and var slash ? Value[..slash] : "/");

    public SftpPath Below(string name) => new(IsRoot ? $"/{name}" : $"{Value}/{name}");

    private static string? Objection(string name) => name switch
    {
        "." or ".." => "The path must not have . or .. as a part.",
        _ when name.Any(char.IsControl) => "The name must not contain control characters.",
        _ when name.EnumerateRunes().Any(rune => rune == Rune.ReplacementChar) => "The name is not valid UTF-8, and such files cannot be addressed.",
        _ when Encoding.UTF8.GetByteCount(name) > LongestName => $"The name is longer than {LongestName} bytes.",
        _ => null
    };
}
