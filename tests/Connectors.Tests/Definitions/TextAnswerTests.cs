using System.Text.Json;
using Connections.Connectors;
using Connections.Connectors.Definitions;
using Connections.Connectors.Pipeline;
using Connections.Domain;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using TestServers;

namespace Connectors.Tests.Definitions;

/// <summary>The rules of failures read an answer in plain text as <c>body</c>. A success is JSON.</summary>
public sealed class TextAnswerTests
{
    private const string Canary = "canary-key-4b7d20";

    private static readonly DefinitionFile File = Sample.With(
        "  - { status: 401, kind: reauthRequired }",
        "  - { status: [200, 401], when: \"starts_with(to_string(body), 'no access')\", kind: forbidden, message: \"Acme says: {body}\" }\n"
        + "  - { status: 401, kind: reauthRequired }");

    [Theory]
    [InlineData("text/plain", "no access", FailureKind.Forbidden)]
    [InlineData("text/plain; charset=utf-8", " no access to this\r\n", FailureKind.Forbidden)]
    [InlineData("TEXT/Plain", "no access", FailureKind.Forbidden)]
    [InlineData("text/plain", "invalid token", FailureKind.ReauthRequired)]
    [InlineData("text/plain", "", FailureKind.ReauthRequired)]
    [InlineData("text/plain", "\"no access\"", FailureKind.ReauthRequired)]
    [InlineData("text/html", "no access", FailureKind.ReauthRequired)]
    [InlineData("application/json", "no access", FailureKind.ReauthRequired)]
    [InlineData("text/plain", """{"message":"no access"}""", FailureKind.ReauthRequired)]
    [InlineData("application/json", "\"no access\"", FailureKind.Forbidden)]
    [InlineData(null, "no access", FailureKind.ReauthRequired)]
    public async Task A_rule_reads_plain_text(string? type, string body, FailureKind kind) =>
        Assert.Equal(kind, (await Answered(401, type, body)).Kind);

    [Fact]
    public async Task A_text_is_no_good_answer()
    {
        var failed = await Answered(200, "text/plain", "no access");
        Assert.Equal((FailureKind.Unavailable, Delivered.Maybe), (failed.Kind, failed.Delivered));
    }

    [Fact]
    public async Task A_quoted_text_is_short_and_shows_no_secret()
    {
        var failed = await Answered(401, "text/plain", $"no access for {Canary} {new string('x', 100_000)}");
        Assert.StartsWith("Acme says: no access for ***", failed.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(Canary, failed.ToString(), StringComparison.Ordinal);
        Assert.InRange(failed.Message.Length, 1, 500);
        Assert.DoesNotContain("no access", failed.OwnWords, StringComparison.Ordinal);
    }

    private static async Task<ConnectorResult.Failed> Answered(int status, string? type, string body)
    {
        await using var server = await ApiServer.Start();
        server.Answer = async context =>
        {
            (context.Response.StatusCode, context.Response.ContentType) = (status, type);
            await context.Response.WriteAsync(body);
        };
        var settings = new Dictionary<string, string?>
        {
            ["Network:AllowPrivate"] = "true",
            ["Connectors:acme:Servers:api"] = $"http://127.0.0.1:{server.Port}/v1"
        };
        await using var services = new ServiceCollection().AddLogging()
            .AddConnectors(new ConfigurationBuilder().AddInMemoryCollection(settings).Build())
            .AddDefinedConnector(File).BuildServiceProvider();
        var use = new ConnectionUse(
            "default", Guid.CreateVersion7(), 1, JsonSerializer.SerializeToElement(new { company = "acme" }),
            Secret.From(JsonSerializer.SerializeToElement(new { apiKey = Canary })));
        return Assert.IsType<ConnectorResult.Failed>(await services.GetRequiredService<ConnectorRunner>().Run(
            "acme", use, "get-item", JsonSerializer.SerializeToElement(new { id = "1" }), TimeSpan.FromSeconds(20), default));
    }
}
