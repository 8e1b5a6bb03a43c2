using Connections.Connectors;
using Connections.Connectors.Definitions;
using Connections.Connectors.OAuth;
using Connections.Domain;

namespace Connectors.Tests.Definitions;

/// <summary>The definition of Zoho People by what its documentation says.</summary>
public sealed class ZohoPeopleTests
{
    private const string Employees = """{"response":{"result":[{"759":[{"EmailID":"ann@a.example","FirstName":"Ann","Zoho_ID":759}]}],"status":0}}""";

    [Theory]
    [InlineData(7202, FailureKind.ReauthRequired)]
    [InlineData(7213, FailureKind.ReauthRequired)]
    [InlineData(7209, FailureKind.Throttled)]
    [InlineData(7040, FailureKind.Forbidden)]
    [InlineData(7049, FailureKind.NotFound)]
    [InlineData(7055, FailureKind.InvalidInput)]
    [InlineData(7011, FailureKind.InvalidInput)]
    [InlineData(1, FailureKind.InvalidInput)]
    public async Task An_error_within_a_200_is_a_failure(int code, FailureKind kind)
    {
        await using var people = await Start((200, $$$"""{"response":{"message":"Error occurred","errors":{"code":{{{code}}},"message":"m"},"status":1}}"""));
        var failed = Assert.IsType<ConnectorResult.Failed>(await people.Run("get-employee", new { id = "759" }, new { }, "oauth"));
        Assert.Equal((kind, code == 7209 ? TimeSpan.FromMinutes(5) : null), (failed.Kind, failed.RetryAfter));
    }

    [Theory]
    [InlineData(401, 7213, FailureKind.ReauthRequired)]
    [InlineData(200, 9002, FailureKind.Forbidden)]
    [InlineData(429, 2955, FailureKind.Throttled)]
    public async Task An_error_of_the_leave_tracker_is_a_failure(int status, int code, FailureKind kind)
    {
        await using var people = await Start((status, $$$"""{"error":{"code":{{{code}}},"message":"m"}}"""));
        Assert.Equal(kind, Assert.IsType<ConnectorResult.Failed>(await List(people)).Kind);
    }

    [Fact]
    public async Task Employees_are_unwrapped_and_signed_with_Zohos_word()
    {
        await using var people = await Start((200, Employees));
        var done = Assert.IsType<ConnectorResult.Done>(await people.Run("list-employees", new { limit = 5 }, new { }, "oauth"));
        var employee = Assert.Single(done.Output.GetProperty("employees").EnumerateArray());
        Assert.Equal(("759", "Ann"), (employee.GetProperty("id").GetString(), employee.GetProperty("firstName").GetString()));
        Assert.Equal(759, employee.GetProperty("fields").GetProperty("Zoho_ID").GetInt32());
        Assert.Equal(["GET /people/api/forms/employee/getRecords?sIndex=1&limit=5"], people.Requests);
        Assert.Equal(["Zoho-oauthtoken canary-1"], people.Authorizations);
    }

    [Fact]
    public async Task The_pages_before_an_empty_one_are_kept()
    {
        await using var people = await Start((200, Employees), (200, """{"response":{"errors":{"code":7024,"message":"No records found"},"status":1}}"""));
        var first = Assert.IsType<ConnectorResult.Done>(await people.Run("list-employees", new { limit = 1 }, new { }, "oauth"));
        Assert.Equal("2", first.Output.GetProperty("next").GetString());
        var rest = Assert.IsType<ConnectorResult.Done>(await people.Run("list-employees", new { limit = 1, cursor = "2" }, new { }, "oauth"));
        Assert.Equal("""{"employees":[]}""", rest.Output.GetRawText());
        Assert.EndsWith("?sIndex=2&limit=1", people.Requests.Last(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_employee_is_read_by_the_record()
    {
        await using var people = await Start((200, """{"response":{"result":[{"EmailID":"ann@a.example","LastName":"Lee"}],"status":0}}"""));
        var done = Assert.IsType<ConnectorResult.Done>(await people.Run("get-employee", new { id = "759" }, new { }, "oauth"));
        Assert.Equal(
            """{"id":"759","lastName":"Lee","email":"ann@a.example","fields":{"EmailID":"ann@a.example","LastName":"Lee"}}""", done.Output.GetRawText());
        Assert.Equal(["GET /people/api/forms/employee/getDataByID?recordId=759"], people.Requests);
    }

    [Fact]
    public async Task Time_off_is_listed_with_the_digits_of_its_ids()
    {
        await using var people = await Start((200, """
            {"records":{"140333000000564013":{"From":"2026-12-24","To":"2026-12-25","Unit":"Days","ApprovalStatus":"Approved","Employee":"Ann",
            "Leavetype":"Holiday","Leavetype.ID":140333000000511001,"Employee.ID":140333000000511003,
            "Days":{"2026-12-24":{"LeaveCount":"0.5"},"2026-12-25":{"LeaveCount":"1.0"}}}}}
            """));
        var done = Assert.IsType<ConnectorResult.Done>(await List(people));
        var request = Assert.Single(done.Output.GetProperty("requests").EnumerateArray());
        Assert.Equal(
            ("140333000000564013", "140333000000511003", "140333000000511001"),
            (request.GetProperty("id").GetString(), request.GetProperty("employeeId").GetString(), request.GetProperty("typeId").GetString()));
        Assert.Equal((1.5, "Approved"), (request.GetProperty("amount").GetDouble(), request.GetProperty("status").GetString()));
        Assert.Equal(
            ["GET /people/api/v2/leavetracker/leaves/records?from=2026-12-01&to=2026-12-31&dateFormat=yyyy-MM-dd&dataSelect=ALL&employee=%5B%227%22%5D&startIndex=0&limit=100"],
            people.Requests);
    }

    [Theory]
    [InlineData("2026-12-28", null, ",\"To\":\"28-Dec-2026\"}")]
    [InlineData("2026-12-28", 3.0, ",\"To\":\"28-Dec-2026\"}")]
    [InlineData("2026-12-24", 0.5, ",\"To\":\"24-Dec-2026\",\"days\":{\"24-Dec-2026\":{\"LeaveCount\":0.5}}}")]
    public async Task Time_off_is_requested_as_a_form_with_the_dates_of_Zoho(string end, double? amount, string rest)
    {
        await using var people = await Start((200, """{"response":{"result":{"pkId":"3000000248001","message":"Successfully Added"},"status":0}}"""));
        var input = new Dictionary<string, object> { ["employeeId"] = "5", ["typeId"] = "78", ["start"] = "2026-12-24", ["end"] = end };
        if (amount is { } given) input["amount"] = given;
        var done = Assert.IsType<ConnectorResult.Done>(await people.Run("request-time-off", input, new { }, "oauth"));
        Assert.Equal("""{"id":"3000000248001"}""", done.Output.GetRawText());
        Assert.Equal(["POST /people/api/forms/json/leave/insertRecord"], people.Requests);
        Assert.Equal(
            "inputData={\"Employee_ID\":\"5\",\"Leavetype\":\"78\",\"From\":\"24-Dec-2026\"" + rest, Uri.UnescapeDataString(people.Bodies.Single()));
    }

    [Fact]
    public async Task The_account_is_the_person_at_Zoho()
    {
        await using var people = await Start((200, """{"response":{"result":[],"status":0}}"""), (200, """{"ZUID":843382,"Email":"ann@a.example"}"""));
        var account = (await people.Probe(new { }, "oauth")).Account!;
        Assert.Equal(("843382", "ann@a.example", "zuid"), (account.Id, account.Display, account.Basis));
        Assert.Equal(["GET /people/api/forms", "GET /oauth/user/info"], people.Requests);
    }

    [Fact]
    public void The_sign_in_is_in_the_data_centre_of_the_person()
    {
        var oauth = DefinitionFile.Embedded().Single(f => f.Entry.Id == "zoho-people").Entry.OAuth!;
        var named = oauth.Named(new Dictionary<string, string> { ["accounts-server"] = "https://accounts.zoho.eu" }, default)!;
        Assert.Equal("https://accounts.zoho.eu/oauth/v2/token", oauth.With(named).TokenUrl);
        var failed = Assert.IsType<TokenResponse.Failed>(TokenResponse.Read(200, """{"error":"invalid_code"}""", null, oauth, default));
        Assert.Equal(FailureKind.ReauthRequired, failed.Kind);
    }

    private static Task<ConnectorResult> List(Scripted people) =>
        people.Run("list-time-off", new { start = "2026-12-01", end = "2026-12-31", employeeId = "7" }, new { }, "oauth");

    private static Task<Scripted> Start(params (int, string)[] answers) => Scripted.Start("zoho-people", "/people/api", null, answers);
}
