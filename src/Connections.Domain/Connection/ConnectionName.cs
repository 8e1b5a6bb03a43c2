using System.Text;
using EventSourcing;

namespace Connections.Domain.Connection;

/// <summary>The name people give a connection: shown as typed, compared trimmed, in Unicode's composed form, without regard to case.</summary>
public static class ConnectionName
{
    public const int MaxLength = 100;

    /// <summary>The name as kept.</summary>
    /// <exception cref="RejectedException"><c>connection.invalid</c></exception>
    public static string Parse(string? typed)
    {
        var problem = Problem(typed);
        return problem is null
            ? typed!.Trim().Normalize(NormalizationForm.FormC)
            : throw new RejectedException("connection.invalid", problem) { Errors = [new FieldError("name", problem)] };
    }

    /// <summary>What is wrong with it, for people; null when nothing is.</summary>
    public static string? Problem(string? typed)
    {
        if (string.IsNullOrWhiteSpace(typed)) return "A name is required.";
        if (!IsText(typed)) return "The name holds characters that are no text.";
        return typed.Trim().Normalize(NormalizationForm.FormC).Length switch
        {
            > MaxLength => $"The name is longer than {MaxLength} characters.",
            _ => null
        };
    }

    /// <summary>Two names with one key are the same name.</summary>
    public static string Key(string name) => name.Trim().Normalize(NormalizationForm.FormC).ToUpperInvariant();

    private static bool IsText(string typed) => !typed.Any(char.IsControl) && Encoding.UTF8.GetByteCount(typed) > 0 && IsWellFormed(typed);

    private static bool IsWellFormed(string typed)
    {
        for (var i = 0; i < typed.Length; i += char.IsHighSurrogate(typed[i]) ? 2 : 1)
            if (char.IsSurrogate(typed[i]) && !(i + 1 < typed.Length && char.IsSurrogatePair(typed[i], typed[i + 1]))) return false;
        return true;
    }
}
