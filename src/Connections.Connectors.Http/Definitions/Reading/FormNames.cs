using System.Text.RegularExpressions;
using Connections.Connectors.Catalogue;
using Connections.Connectors.Definitions.Expressions;

namespace Connections.Connectors.Definitions.Reading;

/// <summary>Checks that an expression names fields that the form has.</summary>
internal static partial class FormNames
{
    public static void Check(
        Expression expression, Node at, IReadOnlyList<FormField> settings, IReadOnlyList<FormField> credentials, Faults faults)
    {
        foreach (Match match in Names().Matches(expression.Text))
        {
            var (form, name) = (match.Groups[1].Value, match.Groups[2].Value);
            var fields = (form == "settings" ? settings : credentials).Select(f => f.Name).ToList();
            if (fields.Contains(name) || (form == "settings" && name is "authentication" or "allowRequests")) continue;
            faults.Add(at, $"\"{form}.{name}\" is no field of the form; " + (Nearest.Name(name, fields) is { } near
                ? $"write {form}.{near}." : fields.Count > 0 ? $"use {string.Join(", ", fields.Select(f => $"{form}.{f}"))}." : $"add {name} to {form}."));
        }
    }

    [GeneratedRegex(@"(?<![\w.'])(settings|credentials)\.(\w+)")]
    private static partial Regex Names();
}
