using System.Buffers;

namespace Connections.Connectors.Masking;

/// <summary>Finds the forms of secrets in a text.</summary>
internal sealed class SecretForms
{
    private readonly SecretForm[] within;
    private readonly SecretForm[] wholes;
    private readonly SearchValues<char> starts;

    public SecretForms(IEnumerable<SecretForm> forms)
    {
        var all = forms.Distinct().OrderByDescending(f => f.Whole.Length).ToArray();
        within = [.. all.Where(f => f.Within)];
        wholes = [.. all.Where(f => f.Before.Length == 0)];
        starts = Starts(within);
    }

    /// <summary>The ranges to mask, in order and without overlap.</summary>
    public IReadOnlyList<(int Start, int End)> Find(string text)
    {
        var found = new List<(int, int)>();
        for (var at = 0; at < text.Length; at++)
        {
            var skip = text.AsSpan(at).IndexOfAny(starts);
            if (skip < 0) break;
            at += skip;
            if (Match(text, at) is not { } range) continue;
            found.Add(range);
            at = range.End - 1;
        }

        return found;
    }

    /// <summary>Whether the text is a secret and nothing else.</summary>
    public bool IsWhole(string text)
    {
        var trimmed = text.AsSpan().Trim();
        foreach (var form in wholes)
            if (EncodedText.Match(trimmed, 0, form.Text) == trimmed.Length && trimmed.Length > 0) return true;
        return false;
    }

    /// <summary>Whether the text is a distinctive secret as it was typed.</summary>
    public bool IsDistinctive(string text) => within.Any(f => f.Before.Length == 0 && f.Text == text);

    /// <summary>Whether the text holds any form, even where it would not be masked.</summary>
    public bool MayOccur(string text)
    {
        if (Find(text).Count > 0) return true;
        var shortOnes = wholes.Where(f => !f.Within).ToArray();
        if (shortOnes.Length == 0) return false;
        var begins = Starts(shortOnes);
        for (var at = 0; at < text.Length; at++)
        {
            var skip = text.AsSpan(at).IndexOfAny(begins);
            if (skip < 0) return false;
            at += skip;
            foreach (var form in shortOnes)
                if (EncodedText.Match(text, at, form.Text) > 0) return true;
        }

        return false;
    }

    private (int Start, int End)? Match(string text, int at)
    {
        foreach (var form in within)
        {
            var start = at;
            if (form.Before.Length > 0)
            {
                var before = EncodedText.Match(text, at, form.Before, ignoreCase: true);
                if (before < 0) continue;
                start += before;
            }

            var length = EncodedText.Match(text, start, form.Text);
            if (length <= 0) continue;
            // "Bearer abc" says nothing of "Bearer abcdef".
            var end = start + length;
            if (form.Before.Length == 0 || end == text.Length || !char.IsLetterOrDigit(text[end])) return (start, end);
        }

        return null;
    }

    private static SearchValues<char> Starts(IEnumerable<SecretForm> forms) => SearchValues.Create(
        [.. forms.Select(f => f.Whole[0]).SelectMany(c => (char[])[c, char.ToLowerInvariant(c), char.ToUpperInvariant(c)]), .. EncodedText.Starts]);
}
