using Connections.Connectors.Definitions;

namespace Connectors.Tests.Definitions;

/// <summary>A host that a person types has one form, so that one account is not connected twice.</summary>
public sealed class TypedHostTests
{
    private const string Whole = """
        settings:
          host: { label: Host, required: true }
        servers:
          api: { address: "https://{settings.host}/v1", hosts: any }
        """;

    private const string Label = """
        settings:
          host: { label: Company, required: true }
        servers:
          api: "https://{settings.host}.acme.example/v1"
        """;

    private const string Listed = """
        settings:
          host: { label: Host, required: true }
        servers:
          api: { address: "https://{settings.host}:8443/v1", hosts: ["*.acme.example:8443"] }
        """;

    // The first server has a fixed host.
    private const string Second = """
        settings:
          host: { label: Host, required: true }
        servers:
          api: "https://api.acme.example/v1"
          other: { address: "https://{settings.host}", hosts: any }
        """;

    private const string Path = """
        settings:
          host: { label: Folder, required: true }
        servers:
          api: "https://api.acme.example/{settings.host}"
        """;

    [Theory]
    [InlineData(Whole, "git.acme.example", "git.acme.example")]
    [InlineData(Whole, "Git.Acme.Example", "git.acme.example")]
    [InlineData(Whole, "GIT.ACME.EXAMPLE", "git.acme.example")]
    [InlineData(Whole, "git.acme.example.", "git.acme.example")]
    [InlineData(Whole, "B\u00fccher.example", "xn--bcher-kva.example")]
    [InlineData(Whole, "XN--bcher-kva.example", "xn--bcher-kva.example")]
    [InlineData(Whole, "203.0.113.7", "203.0.113.7")]
    [InlineData(Whole, "[2001:DB8::1]", "[2001:db8::1]")]
    [InlineData(Whole, "Git.Acme.Example:8443", "git.acme.example:8443")]
    [InlineData(Label, "Globex", "globex")]
    [InlineData(Listed, "EU.acme.example", "eu.acme.example")]
    [InlineData(Second, "Git.Acme.Example", "git.acme.example")]
    [InlineData(Path, "Git.Acme.Example", "Git.Acme.Example")]
    public async Task The_identity_has_the_host_in_normal_form(string servers, string typed, string host)
    {
        var text = $$"""
            connector: acme
            name: Acme
            category: test
            description: A test.
            {{servers}}
            authentication:
              key: { credentials: { apiKey: { label: Key, required: true } }, bearer: "{credentials.apiKey}" }
            probe: { get: /me }
            identity: { value: "join(':', [settings.host, to_string(body.id)])", basis: user-id }
            activities:
              get-item:
                inputSchema: { additionalProperties: true }
                get: /item
            """;
        await using var acme = await Scripted.Start("acme", "/v1", DefinitionFile.Parse("acme.yaml", text), (200, """{"id":7}"""));
        var probe = await acme.Probe(new { host = typed }, new { apiKey = "canary-key-1" });
        Assert.Equal($"{host}:7", probe.Account?.Id ?? probe.Failure?.Message);
    }
}
