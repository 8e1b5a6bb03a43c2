using System.Text.Json;
using System.Text.RegularExpressions;
using Connections.Connectors.Catalogue;
using Connections.Domain;

namespace Connections.Connectors.Definitions;

/// <summary>Fills <c>{settings.x}</c> and <c>{credentials.x}</c> with the values of a form.</summary>
internal static partial class FormTemplate
{
    public static IEnumerable<string> Names(string template) => Place().Matches(template).Select(place => place.Groups[1].Value);

    /// <summary>A field that was not typed is an empty text.</summary>
    public static string Fill(string template, JsonElement settings, Secret credentials) => Place().Replace(template, place =>
        place.Groups[1].Value.Split('.', 2) switch
        {
            ["credentials", var field] => credentials.Field(field) ?? "",
            ["settings", var field] when Json.Member(settings, field) is { ValueKind: not (JsonValueKind.Undefined or JsonValueKind.Null) } value =>
                value.ValueKind == JsonValueKind.String ? Json.Text(value) ?? "" : value.GetRawText(),
            _ => ""
        });

    [GeneratedRegex(@"\{([\w.]+)\}")]
    private static partial Regex Place();
}
