using System.Text.Json;
using EndToEnd.Tests.Harness;

namespace EndToEnd.Tests.Canaries;

/// <summary>A field of a connector's form, as described by the service.</summary>
/// <param name="Form"><c>settings</c> or <c>credentials</c>.</param>
/// <param name="Defined">The connector is a definition.</param>
internal sealed record FormField(
    string Connector, string Form, string Name, string Type, bool Required, bool Secret, JsonElement Example, bool Defined)
{
    /// <summary>All fields of all connectors.</summary>
    public static async Task<IReadOnlyList<FormField>> All(Api api)
    {
        var fields = new List<FormField>();
        foreach (var connector in (await api.Get("/api/connectors")).Is(200)["items"].EnumerateArray().Select(c => c.GetProperty("id").GetString()!))
        {
            var entry = (await api.Get($"/api/connectors/{connector}")).Is(200);
            var defined = entry.Body.TryGetProperty("version", out var version) && version.ValueKind == JsonValueKind.String;
            foreach (var form in new[] { "settings", "credentials" })
                fields.AddRange(entry[form].EnumerateArray().Select(f => Read(connector, form, f, defined)));
        }

        return fields;
    }

    public Canary Canary() => Canaries.Canary.Odd($"{Connector}.{Name}");

    private static FormField Read(string connector, string form, JsonElement field, bool defined)
    {
        // This walk does not cover nested forms.
        Assert.DoesNotContain(field.EnumerateObject(), p => p.Name is "fields" or "properties");
        return new FormField(
            connector,
            form,
            field.GetProperty("name").GetString()!,
            field.GetProperty("type").GetString()!,
            field.GetProperty("required").GetBoolean(),
            field.GetProperty("secret").GetBoolean(),
            field.TryGetProperty("example", out var example) ? example : default,
            defined);
    }
}
