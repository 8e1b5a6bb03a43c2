using System.Text.Json;
using Connections.Connectors;
using Connections.Connectors.Definitions;
using Connections.Connectors.OAuth;
using Connections.Domain;

namespace Connectors.Tests.Definitions;

/// <summary>The definition of Zoho CRM by what its documentation and description say.</summary>
public sealed class ZohoCrmTests
{
    private const string Saved = """{"data":[{"code":"SUCCESS","details":{"id":"42"},"message":"record added","status":"success"}]}""";

    private static readonly object Settings = new { dataCentre = "zoho.eu" };
    private static readonly object Fields = new { Last_Name = "Doe" };

    [Theory]
    [InlineData(401, "INVALID_TOKEN", FailureKind.ReauthRequired)]
    [InlineData(401, "AUTHENTICATION_FAILURE", FailureKind.ReauthRequired)]
    [InlineData(401, "OAUTH_SCOPE_MISMATCH", FailureKind.Forbidden)]
    [InlineData(403, "NO_PERMISSION", FailureKind.Forbidden)]
    [InlineData(400, "AUTHORIZATION_FAILED", FailureKind.Forbidden)]
    [InlineData(400, "INVALID_MODULE", FailureKind.InvalidInput)]
    [InlineData(404, "INVALID_URL_PATTERN", FailureKind.InvalidInput)]
    [InlineData(404, "AN_UNKNOWN_ERROR", FailureKind.NotFound)]
    [InlineData(429, "TOO_MANY_REQUESTS", FailureKind.Throttled)]
    [InlineData(500, "INTERNAL_ERROR", FailureKind.Unavailable)]
    [InlineData(200, "INVALID_TOKEN", FailureKind.ReauthRequired)]
    [InlineData(200, "AN_UNKNOWN_ERROR", FailureKind.InvalidInput)]
    public async Task An_error_has_its_kind(int status, string code, FailureKind kind)
    {
        await using var zoho = await Start((status, $$"""{"code":"{{code}}","details":{},"message":"m","status":"error"}"""));
        Assert.Equal(kind, Assert.IsType<ConnectorResult.Failed>(await Create(zoho)).Kind);
    }

    [Theory]
    [InlineData(200, "MANDATORY_NOT_FOUND", FailureKind.InvalidInput)]
    [InlineData(207, "INVALID_DATA", FailureKind.InvalidInput)]
    [InlineData(400, "DUPLICATE_DATA", FailureKind.InvalidInput)]
    [InlineData(202, "RECORD_LOCKED", FailureKind.InvalidInput)]
    [InlineData(201, "NO_PERMISSION", FailureKind.Forbidden)]
    public async Task An_error_of_the_record_has_its_kind(int status, string code, FailureKind kind)
    {
        await using var zoho = await Start((status, Wrong(code, "Email", "m")));
        Assert.Equal(kind, Assert.IsType<ConnectorResult.Failed>(await Create(zoho)).Kind);
    }

    [Fact]
    public async Task A_token_is_refreshed_once_and_sent_with_the_scheme_of_Zoho()
    {
        await using var zoho = await Start((401, """{"code":"INVALID_TOKEN","status":"error"}"""), (201, Saved));
        Assert.IsType<ConnectorResult.Done>(await Create(zoho));
        Assert.Equal(["Zoho-oauthtoken canary-1", "Zoho-oauthtoken canary-2"], zoho.Headers.Select(h => h["Authorization"]));
    }

    [Fact]
    public async Task Records_are_read_page_by_page_with_the_token_of_the_next()
    {
        await using var zoho = await Start(
            (200, """{"data":[{"id":"1","Last_Name":"Doe"}],"info":{"next_page_token":"t1","more_records":true}}"""),
            (200, """{"data":[{"id":"2"}],"info":{"next_page_token":"t2","more_records":true}}"""));
        var done = await Done(zoho, "get-records", new { module = "Leads", fields = (string[])["Last_Name", "Email"], limit = 2 });
        Assert.Equal("""{"records":[{"id":"1","fields":{"id":"1","Last_Name":"Doe"}},{"id":"2","fields":{"id":"2"}}],"next":"t2"}""", done);
        Assert.Equal(
            ["GET /crm/v8/Leads?fields=Last_Name%2CEmail&per_page=2", "GET /crm/v8/Leads?fields=Last_Name%2CEmail&per_page=2&page_token=t1"], zoho.Requests);
    }

    [Fact]
    public async Task No_content_is_an_empty_list()
    {
        await using var zoho = await Start((204, ""));
        Assert.Equal("""{"records":[]}""", await Done(zoho, "get-records", new { module = "Leads", id = "7" }));
        Assert.Equal("""{"records":[]}""", await Done(zoho, "search-records", new { module = "Leads", word = "x" }));
        Assert.Equal(["GET /crm/v8/Leads?fields=id&ids=7&per_page=100", "GET /crm/v8/Leads/search?word=x&page=1&per_page=50"], zoho.Requests);
    }

    [Fact]
    public async Task A_search_sends_the_condition_and_counts_pages()
    {
        await using var zoho = await Start((200, """{"data":[{"id":"1"}],"info":{"more_records":true}}"""));
        var done = await Done(zoho, "search-records", new { module = "Leads", query = "(Email:equals:a@b.c)", limit = 1 });
        Assert.Equal("""{"records":[{"id":"1","fields":{"id":"1"}}],"next":"2"}""", done);
        Assert.Equal(["GET /crm/v8/Leads/search?criteria=%28Email%3Aequals%3Aa%40b.c%29&page=1&per_page=50"], zoho.Requests);
    }

    [Fact]
    public async Task A_record_is_created_in_a_list_of_one()
    {
        await using var zoho = await Start((201, Saved));
        Assert.Equal("""{"id":"42","created":true}""", await Done(
            zoho, "create-record", new { module = "Leads", fields = Fields, vendor = new { trigger = (string[])[] } }));
        Assert.Equal(["POST /crm/v8/Leads"], zoho.Requests);
        Assert.Equal("""{"data":[{"Last_Name":"Doe"}],"trigger":[]}""", zoho.Bodies.Single());
    }

    [Fact]
    public async Task A_record_is_updated()
    {
        await using var zoho = await Start((200, Saved));
        Assert.Equal("""{"id":"42","created":false}""", await Done(zoho, "update-record", new { module = "Leads", id = "42", fields = Fields }));
        Assert.Equal(["PUT /crm/v8/Leads/42"], zoho.Requests);
        Assert.Equal("""{"data":[{"Last_Name":"Doe"}]}""", zoho.Bodies.Single());
    }

    [Fact]
    public async Task An_upsert_without_a_field_to_match_names_none()
    {
        await using var zoho = await Start(
            (200, """{"data":[{"code":"SUCCESS","action":"insert","details":{"id":"42"},"status":"success"}]}"""));
        await Done(zoho, "upsert-record", new { module = "Leads", fields = Fields, match = Array.Empty<string>() });
        Assert.Equal("""{"data":[{"Last_Name":"Doe"}]}""", zoho.Bodies.Single());
    }

    [Theory]
    [InlineData("insert", "true")]
    [InlineData("update", "false")]
    public async Task An_upsert_says_whether_the_record_is_new(string action, string created)
    {
        await using var zoho = await Start(
            (200, $$"""{"data":[{"code":"SUCCESS","action":"{{action}}","details":{"id":"42"},"status":"success"}]}"""));
        Assert.Equal($$"""{"id":"42","created":{{created}}}""", await Done(
            zoho, "upsert-record", new { module = "Leads", fields = Fields, match = (string[])["Last_Name"] }));
        Assert.Equal(["POST /crm/v8/Leads/upsert"], zoho.Requests);
        Assert.Equal("""{"data":[{"Last_Name":"Doe"}],"duplicate_check_fields":["Last_Name"]}""", zoho.Bodies.Single());
    }

    [Fact]
    public async Task A_record_is_deleted_also_if_it_is_not_there()
    {
        await using var zoho = await Start((200, Saved), (400, Wrong("INVALID_DATA", "id", "the id given seems to be invalid")));
        Assert.Equal("""{"id":"42"}""", await Done(zoho, "delete-record", new { module = "Leads", id = "42" }));
        Assert.Equal("""{"id":"42"}""", await Done(zoho, "delete-record", new { module = "Leads", id = "42" }));
        Assert.Equal(["DELETE /crm/v8/Leads/42", "DELETE /crm/v8/Leads/42"], zoho.Requests);
    }

    [Theory]
    [InlineData("id", FailureKind.NotFound)]
    [InlineData("Owner", FailureKind.InvalidInput)]
    public async Task An_unknown_id_of_the_record_is_not_found(string field, FailureKind kind)
    {
        await using var zoho = await Start((400, Wrong("INVALID_DATA", field, "the id given seems to be invalid")));
        var result = await zoho.Run("update-record", new { module = "Leads", id = "42", fields = Fields }, Settings, "oauth");
        Assert.Equal(kind, Assert.IsType<ConnectorResult.Failed>(result).Kind);
    }

    [Fact]
    public async Task The_account_is_the_user_in_the_organisation_of_a_data_centre()
    {
        await using var zoho = await Start(
            (200, """{"users":[{"zuid":"1","full_name":"Ann"}]}"""), (200, """{"org":[{"zgid":"9","company_name":"Acme"}]}"""));
        var account = (await zoho.Probe(Settings, "oauth")).Account!;
        Assert.Equal(("zoho.eu:1:9", "Ann in Acme"), (account.Id, account.Display));
        Assert.Equal(["GET /crm/v8/users?type=CurrentUser", "GET /crm/v8/org"], zoho.Requests);
    }

    [Fact]
    public void The_sign_in_is_at_the_data_centre_and_keeps_the_API_host()
    {
        var oauth = DefinitionFile.Embedded().Single(f => f.Entry.Id == "zoho-crm").Entry.OAuth!;
        Assert.Equal("https://accounts.zoho.eu/oauth/v2/token", oauth.With(oauth.Named(new Dictionary<string, string>(), JsonSerializer.SerializeToElement(Settings))!).TokenUrl);
        Assert.Equal(",", oauth.ScopeSeparator);
        var granted = Assert.IsType<TokenResponse.Granted>(TokenResponse.Read(
            200, """{"access_token":"1000.a","refresh_token":"1000.b","api_domain":"https://www.zohoapis.eu","expires_in":3600}""", null, oauth, default)).Grant;
        Assert.Equal("https://www.zohoapis.eu", granted.Kept["apiDomain"]);
    }

    [Theory]
    [InlineData("invalid_code", FailureKind.ReauthRequired)]
    [InlineData("invalid_client", FailureKind.Operator)]
    [InlineData("invalid_client_secret", FailureKind.Operator)]
    [InlineData("general_error", FailureKind.Unavailable)]
    [InlineData("Access Denied", FailureKind.Throttled)]
    public void An_error_of_the_token_endpoint_comes_with_200(string error, FailureKind kind)
    {
        var oauth = DefinitionFile.Embedded().Single(f => f.Entry.Id == "zoho-crm").Entry.OAuth!;
        Assert.Equal(kind, Assert.IsType<TokenResponse.Failed>(TokenResponse.Read(200, $$"""{"error":"{{error}}"}""", null, oauth, default)).Kind);
    }

    private static string Wrong(string code, string field, string message) =>
        $$"""{"data":[{"code":"{{code}}","details":{"api_name":"{{field}}"},"message":"{{message}}","status":"error"}]}""";

    private static Task<ConnectorResult> Create(Scripted zoho) => zoho.Run("create-record", new { module = "Leads", fields = Fields }, Settings, "oauth");

    private static async Task<string> Done(Scripted zoho, string activity, object input) =>
        Assert.IsType<ConnectorResult.Done>(await zoho.Run(activity, input, Settings, "oauth")).Output.GetRawText();

    private static Task<Scripted> Start(params (int, string)[] answers) => Scripted.Start("zoho-crm", "/crm/v8", null, answers);
}
