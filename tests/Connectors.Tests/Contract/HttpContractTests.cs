using System.Text.Json.Nodes;
using Connections.Connectors;
using Connections.Connectors.Catalogue;
using Connections.Connectors.Definitions;
using Connections.Domain;
using DemoDefinitions;

namespace Connectors.Tests.Contract;

public sealed class HttpContractTests : ConnectorContract
{
    protected override string Connector => "http";

    protected override (string, object) Read => ("request", new { method = "GET", path = "/x" });

    protected override (string, object) Write => ("request", new { method = "POST", path = "/x", body = "y" });

    protected override FailureKind? NotFound => null;

    protected override FailureKind? Html => null;

    protected override FailureKind TooLarge => FailureKind.InvalidInput;

    protected override int Rejected => 1;

    protected override ConnectionUse Use(int version) => Typed(new { baseUrl = Address, auth = "bearer" }, new { token = Canary }, version);
}

/// <summary>A definition that signs in with OAuth.</summary>
public sealed class DefinitionContractTests : ConnectorContract
{
    protected override string Connector => "demo-mail";

    protected override ConnectorDefinition Definition => DemoConnectors.Mail;

    protected override (string, object) Read => ("list-emails", new { });

    protected override (string, object) Write => ("send-email", new { to = "bob@demo.example", subject = "s", text = "t" });

    protected override FailureKind? Html => null;

    protected override FailureKind TooLarge => FailureKind.InvalidInput;
}

/// <summary>A definition with a key.</summary>
public sealed class KeyDefinitionContractTests : ConnectorContract
{
    protected override string Connector => "keyed";

    protected override (string, object) Read => ("get", new { });

    protected override (string, object) Write => ("add", new { name = "n" });

    protected override FailureKind? Html => null;

    protected override FailureKind TooLarge => FailureKind.InvalidInput;

    protected override int Rejected => 1;

    protected override ConnectorDefinition Definition => new(
        new CatalogueEntry(
            "keyed", "Keyed", "test", "", "apiKey",
            [new FormField("baseUrl", "Base URL", "string", true, false, "")],
            [new FormField("apiKey", "Key", "string", true, true, "")],
            [],
            [.. new[] { "get", "add" }.Select(a => new ActivityDescription(a, a, "", JsonNode.Parse("""{"type":"object"}""")!, new JsonObject()))]),
        "{settings.baseUrl}",
        new DefinedIdentity("/me", "id", "email", "id"),
        new Dictionary<string, DefinedCall> { ["get"] = new("GET", "/items"), ["add"] = new("POST", "/items") },
        new DefinedSignIn.Header("X-Key", "{credentials.apiKey}"));

    protected override ConnectionUse Use(int version) => Typed(new { baseUrl = Address }, new { apiKey = Canary }, version);
}

public sealed class GmailContractTests : ConnectorContract
{
    protected override string Connector => "gmail";

    protected override (string, object) Read => ("search-emails", new { query = "x" });

    protected override (string, object) Write => ("send-email", new { to = (string[])["bob@demo.example"], subject = "s", text = "t" });
}

public sealed class OutlookContractTests : ConnectorContract
{
    protected override string Connector => "outlook";

    protected override (string, object) Read => ("search-emails", new { query = "x" });

    protected override (string, object) Write => ("send-email", new { to = (string[])["bob@demo.example"], subject = "s", text = "t" });
}
