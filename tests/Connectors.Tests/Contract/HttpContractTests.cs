using Connections.Connectors;
using Connections.Connectors.Definitions;
using Connections.Domain;
using Connectors.Tests.Http;
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

    protected override DefinitionFile Definition => DemoConnectors.Mail;

    protected override (string, object) Read => ("list-emails", new { });

    protected override (string, object) Write => ("send-email", new { to = "bob@demo.example", subject = "s", text = "t" });

    protected override FailureKind TooLarge => FailureKind.InvalidInput;
}

/// <summary>A definition with a key.</summary>
public sealed class KeyDefinitionContractTests : ConnectorContract
{
    protected override string Connector => "keyed";

    protected override (string, object) Read => ("get", new { });

    protected override (string, object) Write => ("add", new { name = "n" });

    protected override FailureKind TooLarge => FailureKind.InvalidInput;

    protected override int Rejected => 1;

    protected override DefinitionFile Definition => Keyed.Read("header: { name: X-Key, value: \"{credentials.apiKey}\" }");

    protected override ConnectionUse Use(int version) => Typed(new { baseUrl = Address }, new { apiKey = Canary }, version);
}

/// <summary>The definition of Twilio with its own API host replaced.</summary>
public sealed class TwilioContractTests : ConnectorContract
{
    protected override string Connector => "twilio";

    protected override string ServerPath => "/2010-04-01";

    protected override string Good =>
        """{"sid":"SM1","status":"active","friendly_name":"Ann","num_segments":"1","messages":[],"date_sent":null,"error_code":null}""";

    protected override int GoodStatus => 201;

    protected override (string, object) Read => ("get-sms", new { id = "SM1" });

    protected override (string, object) Write => ("send-sms", new { to = "+4915112345678", from = "+4915187654321", text = "t" });

    protected override FailureKind TooLarge => FailureKind.InvalidInput;

    protected override int Rejected => 1;

    // After an unknown outcome, the messages are listed once.
    protected override int LookUps => 1;

    protected override ConnectionUse Use(int version) =>
        Typed(new { accountSid = "AC00000000000000000000000000000000", host = "api.twilio.com" }, new { authToken = Canary }, version);
}

/// <summary>The definition of Slack.</summary>
public sealed class SlackContractTests : ConnectorContract
{
    protected override string Connector => "slack";

    protected override string ServerPath => "/api";

    protected override string Good =>
        """{"ok":true,"team_id":"T1","user_id":"U1","user":"bot","team":"Acme","channels":[],"ts":"1.2","channel":"C1"}""";

    protected override (string, object) Read => ("list-channels", new { });

    protected override (string, object) Write => ("post-message", new { channel = "C1", text = "t" });

    protected override FailureKind TooLarge => FailureKind.InvalidInput;
}

/// <summary>The definition of Zoho CRM.</summary>
public sealed class ZohoCrmContractTests : ConnectorContract
{
    protected override string Connector => "zoho-crm";

    protected override string ServerPath => "/crm/v8";

    protected override string Good =>
        """{"users":[{"zuid":"1","full_name":"Ann"}],"org":[{"zgid":"9"}],"data":[{"id":"1","status":"success","details":{"id":"1"}}],"info":{}}""";

    protected override (string, object) Read => ("get-records", new { module = "Leads" });

    protected override (string, object) Write => ("create-record", new { module = "Leads", fields = new { Last_Name = "Doe" } });

    protected override FailureKind TooLarge => FailureKind.InvalidInput;
}

/// <summary>The definition of BambooHR, with a key.</summary>
public sealed class BambooHrContractTests : ConnectorContract
{
    protected override string Connector => "bamboohr";

    protected override string ServerPath => "/api/v1";

    protected override string Good => """{"id":1,"firstName":"Ann","status":{"status":"requested"}}""";

    protected override int GoodStatus => 201;

    protected override (string, object) Read => ("get-employee", new { id = "1" });

    protected override (string, object) Write => (
        "request-time-off", new { employeeId = "1", typeId = "78", start = "2026-12-24", end = "2026-12-28", amount = 3 });

    protected override FailureKind TooLarge => FailureKind.InvalidInput;

    protected override int Rejected => 1;

    protected override ConnectionUse Use(int version) => Typed(new { companyDomain = "acme", authentication = "key" }, new { apiKey = Canary }, version);
}

/// <summary>Google Vision with an API key. Recognising text changes nothing, so each activity may be repeated.</summary>
public sealed class GoogleVisionContractTests : ConnectorContract
{
    private static readonly object Image = new { file = new { name = "a.png", base64 = Convert.ToBase64String([0x89, 0x50, 0x4E, 0x47]) } };

    protected override string Connector => "google-vision";

    protected override string Good => """{"responses":[{}]}""";

    protected override (string, object) Read => ("extract-text", Image);

    protected override (string, object) Write => ("extract-text", Image);

    protected override FailureKind TooLarge => FailureKind.InvalidInput;

    protected override int Rejected => 1;

    protected override int Attempts => 3;

    protected override ConnectionUse Use(int version) => Typed(new { authentication = "apiKey" }, new { apiKey = Canary }, version);
}

public sealed class TextractContractTests : ConnectorContract
{
    private static readonly object Image = new { file = new { name = "a.png", base64 = Convert.ToBase64String([0x89, 0x50, 0x4E, 0x47]) } };

    protected override string Connector => "aws-textract";

    protected override string Good => """{"DocumentMetadata":{"Pages":1},"Blocks":[]}""";

    protected override (string, object) Read => ("extract-text", Image);

    protected override (string, object) Write => ("extract-text", Image);

    protected override FailureKind TooLarge => FailureKind.InvalidInput;

    protected override int Rejected => 1;

    protected override int Attempts => 3;

    protected override ConnectionUse Use(int version) => Typed(
        new { endpoint = Address }, new { accessKeyId = "AKIA1", secretAccessKey = $"{Canary}-1", sessionToken = $"{Canary}-2" }, version);
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
