using System.Text.Json;
using TestServers;

namespace Console.Tests;

/// <summary>Texts of users, providers, definitions and databases are shown as they are, and never run.</summary>
[Collection(ConsoleCollection.Name)]
public sealed class MarkupTests(Service service, Chromium chromium)
{
    private const string Script = "<img src=x onerror=\"document.title='owned'\"><script>document.title='owned'</script>";

    [Fact]
    public async Task A_connection_s_name_is_never_run()
    {
        var id = await service.Connect(Script, "markup");
        await Shown(
            "connections", $"connections/{id}", $"connections/{id}/delete", $"connections/{id}/rename", $"connections/{id}/run", $"connections/{id}/reconnect",
            $"connections?q={Uri.EscapeDataString(Script)}", "activities?workflow=" + Uri.EscapeDataString(Script), "marketplace?q=" + Uri.EscapeDataString(Script), "");
    }

    [Fact]
    public async Task An_account_s_name_is_never_run()
    {
        const string Role = "<img src=x onerror=alert(1)>\"'";
        await service.Postgres.Sql($"CREATE ROLE \"{Role.Replace("\"", "\"\"", StringComparison.Ordinal)}\" LOGIN PASSWORD '{PostgresDatabases.Password}'");
        var made = await service.Post("/api/connections", new
        {
            connector = "postgres",
            name = "pg-account-markup",
            settings = new { host = PostgresServer.Host, port = service.Postgres.Port, database = service.Postgres.Database, tls = "disable" },
            credentials = new { username = Role, password = PostgresDatabases.Password }
        });
        var id = made.GetProperty("id").GetString();
        await Shown("connections?q=pg-account-markup", $"connections/{id}", $"connections/{id}/reconnect", $"connections/{id}/delete", "");
    }

    [Fact]
    public async Task Columns_values_and_errors_of_a_database_are_never_run()
    {
        var id = await service.Connect("pg-database-markup", "databasemarkup");
        var quoted = Script.Replace("'", "''", StringComparison.Ordinal);
        var column = "<img src=x onerror=alert(2)>";
        var rows = await service.Run(id, $"select '{quoted}' as \"{column}\"", workflow: Script);
        var fault = await service.Run(id, $"select '{quoted}'::int", workflow: Script);
        await using var visitor = await chromium.Visit(service, service.Key);
        await visitor.Page.GotoAsync($"/activities/{rows}");
        await visitor.Page.WaitForSelectorAsync("h2:has-text('Rows')");
        Assert.Contains(column, await visitor.Page.InnerTextAsync("table.rows th"), StringComparison.Ordinal);
        Assert.Contains(Script, await visitor.Page.InnerTextAsync("table.rows td"), StringComparison.Ordinal);
        await visitor.Page.GotoAsync($"/activities/{fault}");
        await visitor.Page.WaitForSelectorAsync("#activity .status:has-text('Failed')");
        await Shown($"activities/{rows}", $"activities/{fault}", "activities", $"connections/{id}", "");
    }

    [Fact]
    public async Task A_refusal_of_a_provider_is_never_run()
    {
        await using var visitor = await chromium.Visit(service, service.Key);
        var page = visitor.Page;
        await page.GotoAsync("/connect/demo-files");
        await page.FillAsync("#f-name", "files-markup");
        await page.ClickAsync("button:has-text('Go on to')");
        await page.Arrives($"{service.Demo}/**");
        var state = System.Web.HttpUtility.ParseQueryString(new Uri(page.Url).Query)["state"];
        await page.GotoAsync($"{service.Address}/api/oauth/callback?state={Uri.EscapeDataString(state!)}&error=access_denied&error_description={Uri.EscapeDataString(Script)}");
        await page.Arrives("**/connect/demo-files?from=*");
        Assert.NotEqual("", await page.InnerTextAsync("[data-steps] .problem"));
        await Unharmed(page);
        Assert.Empty(visitor.Faults);
    }

    private async Task Shown(params string[] pages)
    {
        await using var visitor = await chromium.Visit(service, service.Key);
        foreach (var page in pages)
        {
            await visitor.Page.GotoAsync($"/{page}");
            await Unharmed(visitor.Page);
        }

        Assert.Empty(visitor.Faults);
    }

    private static async Task Unharmed(Microsoft.Playwright.IPage page)
    {
        Assert.NotEqual("owned", await page.TitleAsync());
        Assert.Equal(0, await page.Locator("img, script:not([type=module])").CountAsync());
        var handlers = await page.EvaluateAsync<JsonElement>("[...document.querySelectorAll('*')].flatMap(e => e.getAttributeNames().filter(n => n.startsWith('on') || n === 'style'))");
        Assert.Equal(0, handlers.GetArrayLength());
    }
}
