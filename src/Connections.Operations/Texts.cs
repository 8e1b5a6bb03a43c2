namespace Connections.Operations;

/// <summary>Limits the length of stored texts from callers.</summary>
public static class Texts
{
    public const int MaxLength = 1_000;

    public static string? Cut(string? text) =>
        text is { Length: > MaxLength } ? text[..(char.IsHighSurrogate(text[MaxLength - 1]) ? MaxLength - 1 : MaxLength)] : text;
}
