using System.Text.Json;
using Connections.Connectors;
using Connections.Connectors.Catalogue;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Connectors.Tests.Catalogue;

public sealed class InputTests
{
    private readonly ConnectorCatalogue catalogue = Services([]).GetRequiredService<ConnectorCatalogue>();

    [Theory]
    [InlineData("""{"sql": "SELECT 1"}""", null, null)]
    [InlineData("""{"sql": "SELECT 1", "parameters": [1, null, "x"], "maxRows": 10000}""", null, null)]
    [InlineData("""{"sql": "SELECT 1", "parameters": {"a": 1}}""", null, null)]
    [InlineData("{}", "input.sql", "Required.")]
    [InlineData("""{"sql": ""}""", "input.sql", "Must not be empty.")]
    [InlineData("""{"sql": 5}""", "input.sql", "A text is expected.")]
    [InlineData("""{"sql": null}""", "input.sql", "A text is expected.")]
    [InlineData("""{"sql": "x", "maxRows": 0}""", "input.maxRows", "Must be at least 1.")]
    [InlineData("""{"sql": "x", "maxRows": 10001}""", "input.maxRows", "Must be at most 10000.")]
    [InlineData("""{"sql": "x", "maxRows": 1.5}""", "input.maxRows", "A whole number is expected.")]
    [InlineData("""{"sql": "x", "maxRows": "5"}""", "input.maxRows", "A whole number is expected.")]
    [InlineData("""{"sql": "x", "rows": 5}""", "input.rows", "The activity has no such input.")]
    [InlineData("""{"sql": "x", "parameters": "5"}""", "input.parameters", "Must be a list or an object.")]
    [InlineData("[]", "input", "An object is expected.")]
    public void Input_errors_are_sentences(string input, string? field, string? message)
    {
        var errors = catalogue.CheckInput("postgres", "run-query", JsonSerializer.Deserialize<JsonElement>(input));
        if (field is null) Assert.Empty(errors);
        else Assert.Equal(new EventSourcing.FieldError(field, message!), Assert.Single(errors));
    }

    [Fact]
    public void The_catalogue_can_be_searched_by_category_and_text()
    {
        Assert.Equal("postgres", Assert.Single(catalogue.Search("Database", "postgre")).Id);
        Assert.Equal(
            ["email", "gmail", "google-email", "imap", "mailgun", "microsoft-email", "outlook", "sendgrid", "smtp", "zoho-mail"],
            catalogue.Search("mail", null).Select(e => e.Id).Order());
        Assert.Empty(catalogue.Search("weather", null));
        Assert.NotEmpty(catalogue.Search(null, null));
        Assert.Null(catalogue.Find("nothing"));
    }

    [Fact]
    public void Every_catalogue_entry_serializes_and_its_examples_are_valid()
    {
        Assert.NotEmpty(catalogue.Entries);
        foreach (var entry in catalogue.Entries)
        {
            Assert.NotEmpty(JsonSerializer.Serialize(entry, JsonSerializerOptions.Web));
            Assert.All(entry.Settings.Concat(entry.Credentials), f => Assert.NotEmpty(f.Help));
            foreach (var activity in entry.Activities.Where(a => a.Example is not null))
                Assert.Empty(catalogue.CheckInput(entry.Id, activity.Id, JsonSerializer.SerializeToElement(activity.Example)));
        }
    }

    [Theory]
    [InlineData("Network:AllowPrivate", "true", true)]
    [InlineData("Network:AllowPrivate", "10.0.0.0/8, db.internal", true)]
    [InlineData("Network:AllowPrivate:0", "10.0.0.0/8", true)]
    [InlineData("Network:AllowPrivate:0", "10.0.0.0/8/8", false)]
    public void Invalid_options_fail_the_start(string key, string value, bool good)
    {
        var services = Services(new() { [key] = value });
        var start = () => services.GetRequiredService<IStartupValidator>().Validate();
        if (good) start();
        else Assert.Throws<OptionsValidationException>(start);
    }

    private static ServiceProvider Services(Dictionary<string, string?> settings) => new ServiceCollection().AddLogging()
        .AddConnectors(new ConfigurationBuilder().AddInMemoryCollection(settings).Build()).BuildServiceProvider();
}
