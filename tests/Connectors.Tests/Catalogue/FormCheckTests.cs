using System.Text.Json;
using Connections.Connectors.Catalogue;
using Connections.Connectors.Postgres;

namespace Connectors.Tests.Catalogue;

public sealed class FormCheckTests
{
    private const string Good = """{"database": "shop", "host": "db.example.com"}""";
    private const string Credentials = """{"password": "pw", "username": "app"}""";
    private static readonly CatalogueEntry Entry = PostgresEntry.Create();

    [Fact]
    public void A_checked_form_has_defaults_and_the_order_of_the_form()
    {
        var form = Check(Good, Credentials);
        Assert.Empty(form.Errors);
        Assert.Equal("""{"host":"db.example.com","port":5432,"database":"shop","tls":"require","allowWrites":false}""", form.Settings.GetRawText());
        Assert.Equal("""{"username":"app","password":"pw"}""", form.Credentials.GetRawText());
    }

    [Theory]
    [InlineData("""{"database": "shop"}""", "settings.host", "Host is required.")]
    [InlineData("""{"database": "shop", "host": null}""", "settings.host", "Host is required.")]
    [InlineData("""{"database": "shop", "host": " "}""", "settings.host", "Host is required.")]
    [InlineData("""{"database": "shop", "host": 5}""", "settings.host", "Host must be a text.")]
    [InlineData("""{"database": "shop", "host": "a\u0000b"}""", "settings.host", "Host must not contain control characters.")]
    [InlineData("""{"database": "shop", "host": "h", "\ud800": "h"}""", "settings", "A field name is not valid text.")]
    [InlineData("""{"database": "shop", "host": "\ud800"}""", "settings.host", "Host must be a text.")]
    [InlineData("""{"database": "shop", "host": "a", "prot": 1}""", "settings.prot", "The form has no such field.")]
    [InlineData("""{"database": "shop", "host": "a", "host": "b"}""", "settings.host", "The field is given twice.")]
    [InlineData("""{"database": "shop", "host": "a", "port": "5432"}""", "settings.port", "Port must be a whole number.")]
    [InlineData("""{"database": "shop", "host": "a", "port": 1.5}""", "settings.port", "Port must be a whole number.")]
    [InlineData("""{"database": "shop", "host": "a", "port": 0}""", "settings.port", "Port must lie between 1 and 65535.")]
    [InlineData("""{"database": "shop", "host": "a", "tls": "maybe"}""", "settings.tls", "Encryption must be one of disable, prefer, require, verify-full.")]
    [InlineData("""{"database": "shop", "host": "a", "allowWrites": "yes"}""", "settings.allowWrites", "Allow writes must be true or false.")]
    [InlineData("[]", "settings", "An object with the fields of the form is expected.")]
    public void Each_error_names_its_field(string settings, string field, string message)
    {
        var form = Check(settings, Credentials);
        Assert.Contains(new EventSourcing.FieldError(field, message), form.Errors);
    }

    [Fact]
    public void Errors_in_credentials_name_the_credentials_form()
    {
        var form = Check(Good, """{"username": "app", "pasword": "x"}""");
        Assert.Equal(["credentials.pasword"], form.Errors.Select(e => e.Field));
        Assert.Equal(["credentials.pasword", "credentials.username"], Check(Good, """{"pasword": "x"}""").Errors.Select(e => e.Field));
        Assert.Equal(["credentials.username"], FormCheck.Check(Entry, Json(Good), default).Errors.Select(e => e.Field));
    }

    [Fact]
    public void Texts_have_a_length_limit_and_certificates_a_larger_one()
    {
        var host = JsonSerializer.Serialize(new { database = "shop", host = new string('a', 1025) });
        Assert.Equal(["settings.host"], Check(host, Credentials).Errors.Select(e => e.Field));
        var lines = JsonSerializer.Serialize(new { database = "shop", host = "a", caCertificate = string.Concat(Enumerable.Repeat("abc\n", 16 * 1024)) });
        Assert.Empty(Check(lines, Credentials).Errors);
        var more = lines.Replace("abc\\n\"", "abc\\n!\"", StringComparison.Ordinal);
        Assert.Equal("CA certificate is too long: at most 64 KB.", Assert.Single(Check(more, Credentials).Errors).Message);
    }

    [Fact]
    public void Secret_fields_are_masked_and_other_fields_shown()
    {
        Assert.Equal("""{"username":"app","password":"***"}""", FormCheck.Shown(Entry, Json(Credentials)).GetRawText());
        Assert.Equal("{}", FormCheck.Shown(Entry, default).GetRawText());
    }

    private static FilledForm Check(string settings, string credentials) => FormCheck.Check(Entry, Json(settings), Json(credentials));

    private static JsonElement Json(string json) => JsonSerializer.Deserialize<JsonElement>(json);
}
