using System.Globalization;
using System.Text;

namespace Connections.Connectors.Postgres;

/// <summary>
/// Prepares a password for SCRAM (RFC 4013, which RFC 7677 requires), like PostgreSQL's client and server: a password that the profile does not
/// allow stays as it is.
/// </summary>
internal static class SaslPrep
{
    // RFC 3454, table B.1: characters that are mapped to nothing.
    private static readonly HashSet<int> Nothing =
    [
        0x00AD, 0x034F, 0x1806, 0x180B, 0x180C, 0x180D, 0x200C, 0x200D, 0x2060, .. Enumerable.Range(0xFE00, 16), 0xFEFF
    ];

    public static string Prepare(string password)
    {
        if (Ascii.IsValid(password)) return password;
        var mapped = new StringBuilder();
        foreach (var rune in password.EnumerateRunes())
        {
            if (rune == Rune.ReplacementChar && !password.Contains('\uFFFD')) return password; // an unpaired surrogate
            if (Nothing.Contains(rune.Value)) continue;
            mapped.Append(rune.Value == 0x200B || Rune.GetUnicodeCategory(rune) == UnicodeCategory.SpaceSeparator ? " " : rune.ToString());
        }

        var prepared = mapped.ToString().Normalize(NormalizationForm.FormKC);
        return prepared.Length > 0 && prepared.EnumerateRunes().All(IsAllowed) && IsOneDirection(prepared) ? prepared : password;
    }

    // RFC 3454, tables A.1 and C.1.2 to C.9.
    private static bool IsAllowed(Rune rune) => rune.Value switch
    {
        ' ' => true,
        0x06DD or 0x070F or 0x1680 or 0x180E or 0x2028 or 0x2029 or 0x0340 or 0x0341 => false,
        >= 0x200E and <= 0x200F or >= 0x202A and <= 0x202E or >= 0x2061 and <= 0x2063 or >= 0x206A and <= 0x206F => false,
        >= 0xFDD0 and <= 0xFDEF or >= 0xFFF9 and <= 0xFFFD or >= 0x2FF0 and <= 0x2FFB => false,
        >= 0x1D173 and <= 0x1D17A or >= 0xE0000 and <= 0xE007F => false,
        var other when (other & 0xFFFE) == 0xFFFE => false,
        // Above these blocks of Unicode 3.2 everything was unassigned: emoji, for example.
        >= 0x10000 and not (>= 0x10300 and <= 0x1044D or >= 0x1D000 and <= 0x1D7FF or >= 0x20000 and <= 0x2A6D6 or >= 0x2F800 and <= 0x2FA1D) => false,
        _ => Rune.GetUnicodeCategory(rune) is not (UnicodeCategory.Control or UnicodeCategory.SpaceSeparator or UnicodeCategory.PrivateUse
            or UnicodeCategory.Surrogate or UnicodeCategory.OtherNotAssigned)
    };

    // Section 6: a text with right-to-left letters begins and ends with one, and has no left-to-right letters.
    private static bool IsOneDirection(string text)
    {
        var runes = text.EnumerateRunes().ToList();
        return !runes.Any(IsRightToLeft) || (IsRightToLeft(runes[0]) && IsRightToLeft(runes[^1]) && !runes.Any(r => Rune.IsLetter(r) && !IsRightToLeft(r)));
    }

    private static bool IsRightToLeft(Rune rune) => Rune.IsLetter(rune)
        && rune.Value is (>= 0x0590 and <= 0x08FF) or (>= 0xFB1D and <= 0xFDFF) or (>= 0xFE70 and <= 0xFEFF);
}
