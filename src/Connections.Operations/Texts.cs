namespace Connections.Operations;

/// <summary>How much is kept of a text that anybody may have sent.</summary>
public static class Texts
{
    public const int Longest = 1_000;

    public static string? Cut(string? text) =>
        text is { Length: > Longest } ? text[..(char.IsHighSurrogate(text[Longest - 1]) ? Longest - 1 : Longest)] : text;
}
