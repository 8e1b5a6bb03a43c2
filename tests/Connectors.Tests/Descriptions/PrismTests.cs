using System.Net.Http.Headers;
using System.Text;
using Connections.Connectors;
using Connectors.Tests.Definitions;
using TestServers;

namespace Connectors.Tests.Descriptions;

/// <summary>Each activity over Prism, a double that is made from the vendor's description alone.</summary>
public sealed class PrismTests
{
    private static readonly string Modules = Path.GetFullPath(
        Path.Combine(AppContext.BaseDirectory, "../../../../tests/Connectors.Tests/Descriptions/prism/node_modules"));

    private static readonly object Signed = new { };
    private static readonly string[] OfConnection = ["Host", "Connection", "Content-Length", "Content-Type", "Accept-Encoding"];

    private static string Sid => $"AC{new string('0', 32)}";

    [Fact]
    public Task Each_activity_of_twilio_succeeds() => Run(
        "twilio", "twilio", "", "/2010-04-01", new { accountSid = Sid, host = "api.twilio.com" }, new { authToken = "canary" },
        ("send-sms", new { to = "+4917012345", from = "+4917054321", text = "a" }),
        ("get-sms", new { id = $"SM{new string('a', 32)}" }));

    [Fact]
    public Task Each_activity_of_slack_succeeds() => Run(
        "slack", "slack", "/api", "/api", Signed, "oauth",
        ("post-message", new { channel = "C00000001", text = "a", thread = "1405894322.002768", vendor = new { unfurlLinks = false } }),
        ("list-channels", new { limit = 2 }));

    [Fact]
    public Task Each_activity_of_dropbox_succeeds() => Run(
        "dropbox", "dropbox", "", "/2", Signed, "oauth",
        ("list-files", new { folder = "/a", limit = 2 }),
        ("fetch-file", new { id = "/a.pdf" }),
        ("upload-file", new { file = new { name = "a.txt", base64 = Convert.ToBase64String("abc"u8) }, folder = "/a", replace = true }),
        ("delete-file", new { id = "/a.pdf" }));

    [Fact]
    public Task Each_activity_of_bamboohr_succeeds_with_a_key() => Run(
        "bamboohr", "bamboohr", "", "/api/v1", new { companyDomain = "acme", authentication = "key" }, new { apiKey = "canary" },
        ("list-employees", new { }),
        ("get-employee", new { id = "5", fields = (string[])["hireDate"] }),
        ("list-time-off", new { start = "2026-12-01", end = "2026-12-31" }),
        ("request-time-off", new { employeeId = "5", typeId = "78", start = "2026-12-24", end = "2026-12-28", amount = 3, note = "a" }));

    [Fact]
    public Task Employees_of_bamboohr_are_listed_with_a_sign_in() => Run(
        "bamboohr", "bamboohr", "", "/api/v1", new { companyDomain = "acme", authentication = "oauth" }, "oauth",
        ("list-employees", new { limit = 5, fields = (string[])["hireDate", "departmentName"] }));

    [Fact]
    public Task Each_activity_of_zoho_crm_succeeds() => Run(
        "zoho-crm", "zoho-crm-record", "", "/crm/v8", Signed, "oauth",
        ("get-records", new { module = "Leads", fields = (string[])["Last_Name"], limit = 5 }),
        ("search-records", new { module = "Leads", query = "(Last_Name:equals:Doe)" }),
        ("create-record", new { module = "Leads", fields = new { Last_Name = "Doe" } }),
        ("update-record", new { module = "Leads", id = "5725767000000424162", fields = new { Last_Name = "Doe" } }),
        ("upsert-record", new { module = "Leads", fields = new { Last_Name = "Doe" }, match = (string[])["Email"] }),
        ("delete-record", new { module = "Leads", id = "5725767000000424162" }));

    [Fact]
    public async Task Prism_refuses_a_request_that_differs_from_the_description()
    {
        Assert.SkipUnless(PrismServer.Available(Modules), "Prism is not installed");
        await using var prism = await PrismServer.Start(Modules, Path.Combine(VendorDescription.Folder, "twilio.json"));
        using var client = new HttpClient();
        client.DefaultRequestHeaders.Authorization = new("Basic", Convert.ToBase64String("a:b"u8));
        var address = $"http://127.0.0.1:{prism.Port}/2010-04-01/Accounts/{Sid}/Messages.json?PageSize=";
        Assert.Equal(200, (int)(await client.GetAsync($"{address}5")).StatusCode);
        Assert.Equal(422, (int)(await client.GetAsync($"{address}many")).StatusCode);
    }

    /// <param name="server">The part of the path that the description has in its server and not in its paths.</param>
    private static async Task Run(
        string connector,
        string file,
        string server,
        string path,
        object settings,
        object credentials,
        params (string Name, object Input)[] activities)
    {
        Assert.SkipUnless(PrismServer.Available(Modules), "Prism is not installed");
        await using var prism = await PrismServer.Start(Modules, Path.Combine(VendorDescription.Folder, $"{file}.json"));
        using var client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{prism.Port}") };
        var refused = new List<string>();
        await using var provider = await Scripted.Start(connector, path, null, async request =>
        {
            using var response = await client.SendAsync(Message(request, request.Target[server.Length..]));
            var violations = response.Headers.TryGetValues("sl-violations", out var found) ? string.Concat(found) : "";
            var body = await response.Content.ReadAsStringAsync();
            if ((int)response.StatusCode >= 400 || violations.Contains("\"request\"", StringComparison.Ordinal))
                refused.Add($"{request.Method} {request.Target}: {violations}{body}");
            return ((int)response.StatusCode, body);
        }, new FilesInMemory());
        foreach (var (name, input) in activities)
        {
            var result = await provider.Run(name, input, settings, credentials);
            Assert.True(refused.Count == 0, string.Join('\n', refused));
            if (result is ConnectorResult.Failed failed) Assert.Fail($"{name}: {failed.Kind}, {failed.Message}");
            Assert.NotEmpty(Assert.IsType<ConnectorResult.Done>(result).Output.EnumerateObject());
        }
    }

    private static HttpRequestMessage Message(ReceivedRequest request, string target)
    {
        var message = new HttpRequestMessage(new HttpMethod(request.Method), target);
        if (request.Body.Length > 0)
        {
            message.Content = new StringContent(request.Body, Encoding.UTF8);
            message.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(request.Headers["Content-Type"]);
        }

        foreach (var (name, value) in request.Headers)
            if (!OfConnection.Contains(name, StringComparer.OrdinalIgnoreCase)) message.Headers.TryAddWithoutValidation(name, value);
        return message;
    }
}
