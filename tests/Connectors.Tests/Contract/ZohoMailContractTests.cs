using Connections.Domain;
using TestServers;

namespace Connectors.Tests.Contract;

/// <summary>The definition of Zoho Mail. Each activity asks for the account first, since its id is in every path.</summary>
public sealed class ZohoMailContractTests : ConnectorContract
{
    protected override string Connector => "zoho-mail";

    protected override string ServerPath => "/api";

    protected override string Good =>
        """{"status":{"code":200},"data":[{"type":"ZOHO_ACCOUNT","accountId":"6000","primaryEmailAddress":"ann@demo.example"}]}""";

    protected override (string, object) Read => ("search-emails", new { });

    protected override (string, object) Write => ("send-email", new { to = (string[])["bob@demo.example"], subject = "s", text = "t" });

    protected override FailureKind TooLarge => FailureKind.InvalidInput;

    protected override bool Precedes(ReceivedRequest request) => request.Target == "/api/accounts";

    protected override (int Status, string Body) Reply(ReceivedRequest request) => request.Target.Split('?')[0] switch
    {
        "/api/accounts" => (200, Good),
        "/api/accounts/6000/messages" => (200, """{"status":{"code":200},"data":{"messageId":"17"}}"""),
        _ => (200, """{"status":{"code":200},"data":[]}""")
    };
}
