using System.Text;
using System.Text.Json;
using EventSourcing;

namespace Connections.Connectors.Catalogue;

/// <summary>A checked form: its errors, and its values with defaults applied, in the order of the form.</summary>
/// <param name="Settings">For events and rows; valid only if there are no errors.</param>
/// <param name="Credentials">For the vault; valid only if there are no errors.</param>
public sealed record FilledForm(IReadOnlyList<FieldError> Errors, JsonElement Settings, JsonElement Credentials);

/// <summary>Checks a filled form against the fields of a catalogue entry.</summary>
public static class FormCheck
{
    private const int TextLimit = 8 * 1024;
    private const string Masked = "***";

    /// <summary>Treats an absent object (an <c>undefined</c> element) as an empty one.</summary>
    public static FilledForm Check(CatalogueEntry entry, JsonElement settings, JsonElement credentials)
    {
        var errors = new List<FieldError>();
        var filled = Fill("settings", entry.Settings, settings, errors);
        return new FilledForm(errors, filled, Fill("credentials", entry.Credentials, credentials, errors));
    }

    public static FilledForm CheckSettings(CatalogueEntry entry, JsonElement settings)
    {
        var errors = new List<FieldError>();
        return new FilledForm(errors, Fill("settings", entry.Settings, settings, errors), default);
    }

    public static FilledForm CheckCredentials(CatalogueEntry entry, JsonElement credentials)
    {
        var errors = new List<FieldError>();
        return new FilledForm(errors, default, Fill("credentials", entry.Credentials, credentials, errors));
    }

    /// <summary>
    /// The credentials as shown to readers: secret fields as <c>***</c>, others as typed. Stored beside the settings, so that no read opens
    /// the vault.
    /// </summary>
    public static JsonElement Shown(CatalogueEntry entry, JsonElement credentials) => Json.Object(writer =>
    {
        foreach (var field in entry.Credentials)
        {
            if (credentials.ValueKind != JsonValueKind.Object || !credentials.TryGetProperty(field.Name, out var value)) continue;
            if (value.ValueKind == JsonValueKind.Null) continue;
            writer.WritePropertyName(field.Name);
            if (IsSecret(field, credentials)) writer.WriteStringValue(Masked);
            else value.WriteTo(writer);
        }
    });

    /// <summary>Whether readers may not see this field of these credentials.</summary>
    public static bool IsSecret(FormField field, JsonElement credentials) => field.Secret
        || (field.SecretUnless is { } other && (Json.Text(credentials, other) ?? "").Length == 0);

    private static JsonElement Fill(string form, IReadOnlyList<FormField> fields, JsonElement typed, List<FieldError> errors)
    {
        if (typed.ValueKind is not (JsonValueKind.Object or JsonValueKind.Undefined or JsonValueKind.Null))
        {
            errors.Add(new FieldError(form, "An object with the fields of the form is expected."));
            return default;
        }

        var values = typed.ValueKind == JsonValueKind.Object ? typed.EnumerateObject().ToList() : [];
        if (values.Any(v => Json.Name(v) is null))
        {
            errors.Add(new FieldError(form, "A field name is not valid text."));
            return default;
        }

        foreach (var unknown in values.Where(v => fields.All(f => f.Name != v.Name)))
            errors.Add(new FieldError($"{form}.{Shorten(unknown.Name)}", "The form has no such field."));
        foreach (var duplicate in values.GroupBy(v => v.Name).Where(g => g.Count() > 1))
            errors.Add(new FieldError($"{form}.{Shorten(duplicate.Key)}", "The field is given twice."));

        return Json.Object(writer =>
        {
            foreach (var field in fields) FillField(form, field, values, errors, writer);
        });
    }

    private static void FillField(string form, FormField field, List<JsonProperty> values, List<FieldError> errors, Utf8JsonWriter writer)
    {
        var value = Clean(field, values.FirstOrDefault(v => v.Name == field.Name).Value);
        var absent = value.ValueKind is JsonValueKind.Undefined or JsonValueKind.Null
            || (!field.Required && value.ValueKind == JsonValueKind.String && value.ValueEquals(""));
        if (absent && field.Default is { } defaultValue)
        {
            writer.WritePropertyName(field.Name);
            defaultValue.WriteTo(writer);
        }
        else if (absent)
        {
            if (field.Required) errors.Add(new FieldError($"{form}.{field.Name}", $"{field.Label} is required."));
        }
        else if (Check(field, value) is { } objection)
        {
            errors.Add(new FieldError($"{form}.{field.Name}", $"{field.Label} {objection}"));
        }
        else
        {
            writer.WritePropertyName(field.Name);
            value.WriteTo(writer);
        }
    }

    private static JsonElement Clean(FormField field, JsonElement value)
    {
        if (!field.Trimmed || value.ValueKind != JsonValueKind.String || Json.Text(value) is not { } typed) return value;
        var text = typed.Trim();
        foreach (var prefix in field.Prefixes ?? [])
            if (text.StartsWith(prefix, StringComparison.OrdinalIgnoreCase)) text = text[prefix.Length..].TrimStart();
        return text == typed ? value : JsonSerializer.SerializeToElement(text);
    }

    private static string? Check(FormField field, JsonElement value) => field.Type switch
    {
        "integer" => CheckNumber(field, value),
        "boolean" => value.ValueKind is JsonValueKind.True or JsonValueKind.False ? null : "must be true or false.",
        "object" => value.ValueKind != JsonValueKind.Object || !JsonText.IsReadable(value) ? "must be an object."
            : Encoding.UTF8.GetByteCount(value.GetRawText()) > (field.MaxBytes ?? TextLimit) ? TooLong(field) : null,
        _ => CheckText(field, value)
    };

    private static string? CheckNumber(FormField field, JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.Number || !value.TryGetInt64(out var number)) return "must be a whole number.";
        var (low, high) = (field.Minimum ?? long.MinValue, field.Maximum ?? long.MaxValue);
        return number >= low && number <= high ? null : $"must lie between {low} and {high}.";
    }

    private static string? CheckText(FormField field, JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.String || Json.Text(value) is not { } text) return "must be a text.";
        if (field.Required && string.IsNullOrWhiteSpace(text)) return "is required.";
        if (field.Options is { } options && !options.Contains(text)) return $"must be one of {string.Join(", ", options)}.";
        if (Encoding.UTF8.GetByteCount(text) > (field.MaxBytes ?? TextLimit)) return TooLong(field);
        if (field.Pattern is { } pattern && !Patterns.IsWhole(pattern, text)) return "does not have the expected form.";
        var multiline = field.Type == "text";
        return text.Any(c => char.IsControl(c) && !(multiline && c is '\n' or '\r' or '\t')) ? "must not contain control characters." : null;
    }

    private static string TooLong(FormField field) => $"is too long: at most {(field.MaxBytes ?? TextLimit) / 1024} KB.";

    private static string Shorten(string name) => name.Length <= 64 ? name : name[..64] + "…";
}
