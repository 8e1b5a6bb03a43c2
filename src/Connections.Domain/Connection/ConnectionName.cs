using System.Text;
using EventSourcing;

namespace Connections.Domain.Connection;

/// <summary>The name that people give a connection: displayed as typed; compared trimmed, in Unicode form C, ignoring case.</summary>
public static class ConnectionName
{
    public const int MaxLength = 100;

    /// <summary>The name in its stored form.</summary>
    /// <exception cref="RejectedException"><c>connection.invalid</c></exception>
    public static string Parse(string? typed)
    {
        var problem = Problem(typed);
        return problem is null
            ? typed!.Trim().Normalize(NormalizationForm.FormC)
            : throw new RejectedException("connection.invalid", problem) { Errors = [new FieldError("name", problem)] };
    }

    /// <summary>The validation message; null when the name is valid.</summary>
    public static string? Problem(string? typed)
    {
        if (string.IsNullOrWhiteSpace(typed)) return "A name is required.";
        if (!IsText(typed)) return "The name contains characters that are not allowed (control characters or invalid Unicode).";
        return typed.Trim().Normalize(NormalizationForm.FormC).Length switch
        {
            > MaxLength => $"The name is longer than {MaxLength} characters.",
            _ => null
        };
    }

    /// <summary>Two names with the same key count as the same name.</summary>
    public static string Key(string name) => name.Trim().Normalize(NormalizationForm.FormC).ToUpperInvariant();

    private static bool IsText(string typed) => !typed.Any(char.IsControl) && Encoding.UTF8.GetByteCount(typed) > 0 && IsWellFormed(typed);

    private static bool IsWellFormed(string typed)
    {
        for (var i = 0; i < typed.Length; i += char.IsHighSurrogate(typed[i]) ? 2 : 1)
            if (char.IsSurrogate(typed[i]) && !(i + 1 < typed.Length && char.IsSurrogatePair(typed[i], typed[i + 1]))) return false;
        return true;
    }
}
