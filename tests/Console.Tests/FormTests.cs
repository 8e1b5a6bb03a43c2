using Microsoft.Data.Sqlite;
using TestServers;

namespace Console.Tests;

[Collection(ConsoleCollection.Name)]
public sealed class FormTests(Service service, Chromium chromium)
{
    [Fact]
    public async Task Encryption_is_required_and_a_certificate_is_given_from_the_step_that_lacks_it()
    {
        await Typed.Role(service, "encrypting");
        await using var visitor = await chromium.Visit(service, service.Key);
        var page = visitor.Page;
        await page.GotoAsync("/connect/postgres");
        await Typed.Database(page, service, "pg-encrypting", "encrypting", PostgresDatabases.Password);
        await page.ClickAsync("summary:has-text('Encryption')"); // folded again
        await page.ClickAsync("text=Test connection");
        await page.WaitForSelectorAsync("[data-steps] li.off:has-text('Encrypt')");
        await page.ClickAsync("[data-steps] button:has-text('Require it')");
        Assert.Equal("require", await page.InputValueAsync("#f-settings-tls"));
        Assert.Equal("f-settings-tls", await page.EvaluateAsync<string>("document.activeElement.id"));
        await page.ClickAsync("text=Test connection");
        await page.WaitForSelectorAsync("[data-steps] li.good:has-text('Encrypt')");
        await page.SelectOptionAsync("#f-settings-tls", "verify-full");
        await page.ClickAsync("text=Test connection");
        await page.WaitForSelectorAsync("[data-steps] li.bad:has-text('Encrypt')");
        await page.ClickAsync("[data-steps] button:has-text('Give its certificate')");
        Assert.Equal("f-settings-caCertificate", await page.EvaluateAsync<string>("document.activeElement.id"));
        await page.SetInputFilesAsync("#f-settings-caCertificate-file", new Microsoft.Playwright.FilePayload
        {
            Name = "ca.pem",
            MimeType = "application/x-pem-file",
            Buffer = "-----BEGIN CERTIFICATE-----\n"u8.ToArray()
        });
        await Microsoft.Playwright.Assertions.Expect(page.Locator("#f-settings-caCertificate")).ToHaveValueAsync("-----BEGIN CERTIFICATE-----\n");
        Assert.Empty(visitor.Faults);
    }

    [Fact]
    public async Task A_name_is_checked_while_it_is_typed_and_a_wrong_form_leads_to_its_first_wrong_field()
    {
        var id = await service.Connect("pg-taken", "taken");
        await using var visitor = await chromium.Visit(service, service.Key);
        var page = visitor.Page;
        await page.GotoAsync("/connect/postgres");
        await page.FillAsync("#f-name", "PG-taken");
        await page.WaitForSelectorAsync("#f-name-free:has-text('Taken by')");
        Assert.EndsWith(id, await page.GetAttributeAsync("#f-name-free a", "href"), StringComparison.Ordinal);
        await page.FillAsync("#f-name", "pg-not-taken");
        await page.WaitForSelectorAsync("#f-name-free:has-text('✓ free')");
        await page.ClickAsync("text=Test and save");
        await page.WaitForSelectorAsync("#f-settings-host[aria-invalid=true]");
        var first = await page.Locator("[data-steps] .problem a").First.GetAttributeAsync("href");
        Assert.EndsWith($"#{await page.EvaluateAsync<string>("document.activeElement.id")}", first, StringComparison.Ordinal);
        Assert.True(await page.IsVisibleAsync("#f-settings-host-error"));
        Assert.Empty(visitor.Faults);
    }

    [Fact]
    public async Task A_reconnect_keeps_each_secret_that_is_not_replaced()
    {
        var id = await service.Connect("pg-kept", "kept");
        await using var visitor = await chromium.Visit(service, service.Key);
        var page = visitor.Page;
        await page.GotoAsync($"/connections/{id}/reconnect");
        Assert.Matches(@"kept, version 1, since \d+ \w+ \d{4}", await page.InnerTextAsync("details.kept summary"));
        Assert.False(await page.IsVisibleAsync("#f-credentials-password"));
        await page.ClickAsync("text=Test and reconnect");
        await page.Arrives($"**/connections/{id}");
        Assert.Contains("Connected", await page.InnerTextAsync("#details .status"), StringComparison.Ordinal);
        Assert.Matches(@"Connected\s+since \d+ \w+ \d{4}", (await page.InnerTextAsync("#details dd >> nth=0")).Replace("● ", "", StringComparison.Ordinal));
        Assert.Empty(visitor.Faults);
    }

    [Fact]
    public async Task A_test_s_steps_stay_when_the_page_changes_below_them()
    {
        var id = await service.Connect("pg-steps", "steps");
        await using var visitor = await chromium.Visit(service, service.Key);
        var page = visitor.Page;
        await page.GotoAsync($"/connections/{id}");
        var events = await page.Locator(".timeline li").CountAsync();
        await page.ClickAsync("button:has-text('Test')");
        // The end of the test and its event arrive in any order.
        await Microsoft.Playwright.Assertions.Expect(page.Locator("#tried")).ToContainTextAsync("It works.");
        await Microsoft.Playwright.Assertions.Expect(page.Locator(".timeline li")).ToHaveCountAsync(events + 1); // the page followed
        Assert.Contains("It works.", await page.InnerTextAsync("#tried"), StringComparison.Ordinal);
        Assert.NotEqual(0, await page.Locator("#tried li.good").CountAsync());
        Assert.Empty(visitor.Faults);
    }

    [Fact]
    public async Task A_list_that_lags_behind_says_so()
    {
        var key = await service.CreateKey("manager", "lagging");
        await using var visitor = await chromium.Visit(service, key);
        var page = visitor.Page;
        await page.GotoAsync("/connections");
        Assert.Contains("Nothing is connected yet.", await page.InnerTextAsync("main"), StringComparison.Ordinal);
        await using (var rows = new SqliteConnection($"Data Source={Path.Combine(service.Folder, "readmodels.db")};Pooling=False"))
        {
            await rows.OpenAsync();
            await using var hold = rows.BeginTransaction(System.Data.IsolationLevel.Serializable); // no row can be written meanwhile
            await using var command = rows.CreateCommand();
            command.CommandText = "UPDATE checkpoints SET position = position";
            command.Transaction = hold;
            await command.ExecuteNonQueryAsync();
            await service.Connect("pg-late", "late", key: key);
            await Until.Holds(Says, "the list says that it is behind");
            await hold.RollbackAsync();
        }

        await Until.Holds(async () => !await Says(), "the list has caught up");
        Assert.Contains("pg-late", await page.InnerTextAsync("#list"), StringComparison.Ordinal);

        async Task<bool> Says()
        {
            await page.GotoAsync("/connections?sort=name");
            return System.Text.RegularExpressions.Regex.IsMatch(await page.InnerTextAsync("main"), @"This list is \d+ s behind\.");
        }
    }
}
