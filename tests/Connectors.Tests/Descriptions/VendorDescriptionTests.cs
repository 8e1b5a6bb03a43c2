using TestServers;

namespace Connectors.Tests.Descriptions;

/// <summary>The comparison itself reports what differs. Each other test that uses it sees no difference.</summary>
public sealed class VendorDescriptionTests
{
    private const string Messages = "/2010-04-01/Accounts/AC00000000000000000000000000000000/Messages.json";

    [Theory]
    [InlineData("twilio", "POST", Messages, "application/x-www-form-urlencoded", "To=%2B491&From=%2B492&Body=a", null)]
    [InlineData("twilio", "POST", Messages, "application/x-www-form-urlencoded", "From=%2B492&Body=a", "To")]
    [InlineData("twilio", "POST", Messages, "application/x-www-form-urlencoded", "To=%2B491&Text=a", "there is no member Text")]
    [InlineData("twilio", "POST", Messages, "application/json", "{}", "its type is application/json")]
    [InlineData("twilio", "GET", Messages + "?PageSize=many", "", "", "PageSize")]
    [InlineData("twilio", "GET", Messages + "?Size=5", "", "", "there is no query parameter Size")]
    [InlineData("twilio", "PUT", Messages, "", "", "there is no such operation")]
    [InlineData("twilio", "GET", Messages + "/more", "", "", "there is no such operation")]
    [InlineData("slack", "POST", "/api/chat.postMessage", "application/json", """{"channel":"C01","text":5}""", "/text")]
    [InlineData("slack", "POST", "/chat.postMessage", "application/json", """{"channel":"C01","text":"a"}""", "there is no such operation")]
    [InlineData("dropbox", "POST", "/2/files/list_folder", "application/json", """{"path":"","limit":5}""", null)]
    [InlineData("dropbox", "POST", "/2/files/list_folder", "application/json", """{"path":"","limit":5000}""", "/limit")]
    [InlineData("dropbox", "POST", "/2/files/list_folder", "application/json", """{"folder":""}""", "there is no member folder")]
    [InlineData("dropbox", "POST", "/2/files/upload", "application/octet-stream", "a", "the header parameter Dropbox-API-Arg is missing")]
    [InlineData("bamboohr", "GET", "/api/v1/employees?page%5Blimit%5D=9999", "", "", "/limit")]
    [InlineData("bamboohr", "GET", "/api/v1/employees?page%5Bsize%5D=5", "", "", "there is no member size")]
    [InlineData("zoho-crm", "POST", "/crm/v8/Leads", "", "", "it is missing")]
    public void A_request_that_differs_is_reported(
        string connector, string method, string target, string type, string body, string? difference)
    {
        var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase) { ["Content-Type"] = type };
        var found = VendorDescription.Find(connector)!.Differences(new ReceivedRequest(method, target, headers, body)).ToList();
        if (difference is null) Assert.Empty(found);
        else Assert.Contains(found, f => f.Contains(difference, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(201, """{"sid":"SM00000000000000000000000000000000","status":"queued"}""", null)]
    [InlineData(201, """{"sid":"SM1"}""", "/sid")]
    [InlineData(201, """{"status":"underway"}""", "/status")]
    [InlineData(201, """{"num_segments":2}""", "/num_segments")]
    [InlineData(201, "[]", "")]
    public void An_answer_that_differs_is_reported(int status, string body, string? difference)
    {
        var request = new ReceivedRequest("POST", Messages, [], "");
        var found = VendorDescription.Find("twilio")!.Differences(request, status, body).ToList();
        if (difference is null) Assert.Empty(found);
        else Assert.Contains(found, f => f.Contains(difference, StringComparison.Ordinal));
    }

    [Fact]
    public void A_vendor_without_a_description_has_none() => Assert.Null(VendorDescription.Find("zoho-people"));
}
