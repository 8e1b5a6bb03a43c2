using System.Text.Json;
using Connections.Connectors;
using Connections.Connectors.Definitions;

namespace Connectors.Tests.Definitions;

/// <summary>The definition of BambooHR by what its description and recorded answers say.</summary>
public sealed class BambooHrTests
{
    private static readonly object ByKey = new { companyDomain = "acme", authentication = "key" };
    private static readonly object Key = new { apiKey = "canary-key" };

    [Fact]
    public async Task With_a_key_the_directory_is_listed()
    {
        await using var bamboo = await Start((200, """{"fields":[],"employees":[{"id":"1","firstName":"Ann","workEmail":"ann@a.example"}]}"""));
        var done = Assert.IsType<ConnectorResult.Done>(await bamboo.Run("list-employees", new { }, ByKey, Key));
        Assert.Equal("ann@a.example", done.Output.GetProperty("employees")[0].GetProperty("email").GetString());
        Assert.Equal(["GET /api/v1/employees/directory"], bamboo.Requests);
    }

    [Fact]
    public async Task An_empty_directory_is_an_empty_list()
    {
        await using var bamboo = await Start((404, "{}"));
        var done = Assert.IsType<ConnectorResult.Done>(await bamboo.Run("list-employees", new { }, ByKey, Key));
        Assert.Equal("""{"employees":[]}""", done.Output.GetRawText());
    }

    [Fact]
    public async Task With_a_sign_in_the_employees_are_listed_by_pages()
    {
        await using var bamboo = await Start((200, """{"data":[{"employeeId":"9","firstName":"Bo"}],"meta":{"page":{"nextCursor":"n1"}}}"""));
        var done = Assert.IsType<ConnectorResult.Done>(await bamboo.Run(
            "list-employees", new { limit = 5, cursor = "c", fields = (string[])["hireDate", "departmentName"] }, new { companyDomain = "acme", authentication = "oauth" }, "oauth"));
        Assert.Equal("n1", done.Output.GetProperty("next").GetString());
        Assert.Equal(["GET /api/v1/employees?page%5Blimit%5D=5&page%5Bafter%5D=c&fields=hireDate%2CdepartmentName"], bamboo.Requests);
    }

    [Fact]
    public async Task An_empty_list_of_fields_is_not_sent()
    {
        await using var bamboo = await Start((200, """{"data":[{"employeeId":"9"}],"meta":{"page":{"nextCursor":"n1"}}}"""));
        Assert.IsType<ConnectorResult.Done>(await bamboo.Run(
            "list-employees", new { limit = 5, fields = Array.Empty<string>() }, new { companyDomain = "acme", authentication = "oauth" },
            "oauth"));
        Assert.Equal(["GET /api/v1/employees?page%5Blimit%5D=5"], bamboo.Requests);
    }

    [Fact]
    public async Task Time_off_is_requested_with_the_vendors_words()
    {
        await using var bamboo = await Start((201, """{"id":"1348","status":{"status":"requested"}}"""));
        var done = Assert.IsType<ConnectorResult.Done>(await bamboo.Run(
            "request-time-off", new { employeeId = "5", typeId = "78", start = "2026-12-24", end = "2026-12-28", amount = 3, note = "n" }, ByKey, Key));
        Assert.Equal("""{"id":"1348","status":"requested"}""", done.Output.GetRawText());
        Assert.Equal(
            """{"status":"requested","start":"2026-12-24","end":"2026-12-28","timeOffTypeId":78,"amount":3,"notes":[{"from":"employee","note":"n"}]}""",
            bamboo.Bodies.Single());
    }

    [Fact]
    public void The_sign_in_is_at_the_company_that_the_person_names()
    {
        var entry = DefinitionFile.Embedded().Single(f => f.Entry.Id == "bamboohr").Entry;
        var settings = JsonSerializer.SerializeToElement(new { companyDomain = "acme", authentication = "oauth" });
        Assert.Equal("https://acme.bamboohr.com/token.php", entry.OAuth!.With(entry.OAuth.Used(settings)).TokenUrl);
        Assert.True(entry.SignsIn(settings));
        Assert.False(entry.SignsIn(JsonSerializer.SerializeToElement(new { companyDomain = "acme" })));
    }

    private static Task<Scripted> Start(params (int, string)[] answers) => Scripted.Start("bamboohr", "/api/v1", null, answers);
}
