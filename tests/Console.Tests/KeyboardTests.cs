using TestServers;

namespace Console.Tests;

[Collection(ConsoleCollection.Name)]
public sealed class KeyboardTests(Service service, Chromium chromium)
{
    private const string Next = "canary-keys-77c1";

    [Fact]
    public async Task By_keyboard_alone_a_person_connects_runs_reconnects_renames_looks_back_and_deletes()
    {
        await Typed.Role(service, "keys");
        await using var visitor = await chromium.Visit(service, service.Key);
        var page = visitor.Page;
        var keys = new Keys(page);

        // marketplace, and the form
        await keys.Press("g");
        await keys.Press("m");
        await page.Arrives("**/marketplace");
        await keys.Press("/");
        await page.Keyboard.TypeAsync("postgresql");
        await Microsoft.Playwright.Assertions.Expect(page.Locator(".app")).ToHaveCountAsync(1);
        await keys.Enter(".app a");
        await keys.Enter("a.primary:has-text('Connect')");
        await keys.Type("#f-name", "pg-keys");
        await keys.Type("#f-settings-host", PostgresServer.Host);
        await keys.Type("#f-settings-port", $"{service.Postgres.Port}");
        await keys.Type("#f-settings-database", service.Postgres.Database);
        await keys.Type("#f-credentials-username", "keys");
        await keys.Type("#f-credentials-password", "canary-wrong");
        await keys.Enter("summary:has-text('Encryption')");
        await keys.To("#f-settings-tls");
        await page.Keyboard.TypeAsync("disable");
        await keys.Enter("button:has-text('Test connection')");
        await page.WaitForSelectorAsync("[data-steps] .problem");
        await page.Locator("#f-settings-host").FocusAsync(); // Tab goes round only once
        await keys.Type("#f-credentials-password", PostgresDatabases.Password);
        await keys.Press("Enter");
        await page.Arrives("**/connections/*-*");
        var connection = page.Url;

        // run, and reconnect
        await keys.Enter("button:has-text('Actions')");
        await keys.Enter("#actions a:has-text('Run an activity')");
        await keys.Type("#f-input-sql", "select 7 as answer");
        await keys.Type("#f-input-parameters", "");
        await keys.Enter("main button.primary");
        await page.WaitForSelectorAsync("#activity .status:has-text('Done')");
        var activity = page.Url;
        await service.ChangePassword("keys", Next);
        await keys.Enter("button:has-text('Run again')");
        await page.WaitForURLAsync(address => address != activity);
        await page.WaitForSelectorAsync("#activity .status:has-text('Waiting')");
        await keys.Enter("#activity a.primary:has-text('Reconnect')");
        await keys.Enter("summary:has-text('Replace')");
        await keys.Type("#f-credentials-password", Next);
        await keys.Press("Enter");
        await page.Arrives(connection);

        // rename, look back, what ends, delete
        await keys.Enter("button:has-text('Actions')");
        await keys.Enter("#actions a:has-text('Rename')");
        await page.WaitForSelectorAsync("dialog[open]");
        await keys.Type("dialog #new-name", "pg-keys-2");
        await keys.Press("Enter");
        await page.WaitForSelectorAsync("h1:has-text('pg-keys-2')");
        await keys.To("#version");
        await keys.Press("ArrowLeft");
        await page.WaitForSelectorAsync("h1:text-is('pg-keys')");
        await keys.Enter("a:has-text('Back to now')");
        await page.WaitForSelectorAsync("h1:has-text('pg-keys-2')");
        await keys.Enter("#nav a:has-text('Expiring')");
        await page.Arrives("**/expiring");
        await page.GotoAsync("/apps/postgres?q=pg-keys-2");
        await keys.Enter("button[aria-label='Actions of pg-keys-2']");
        await keys.Enter("a.danger:visible:has-text('Delete…')");
        await page.WaitForSelectorAsync("dialog[open]");
        Assert.Equal("Keep it", await page.EvaluateAsync<string>("document.activeElement.textContent"));
        await keys.Press("Escape");
        Assert.Equal("Actions of pg-keys-2", await page.EvaluateAsync<string>("document.activeElement.ariaLabel"));
        await page.GotoAsync($"{connection}/delete");
        await keys.Type("#typed", "pg-keys-2");
        await keys.Enter("button.danger");
        await page.WaitForSelectorAsync("#details >> text=Deleted");
        Assert.Empty(visitor.Faults);
    }
}
