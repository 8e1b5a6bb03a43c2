using Microsoft.Playwright;
using TestServers;

namespace Console.Tests;

/// <summary>Inputs that several tests type.</summary>
internal static class Typed
{
    /// <summary>Fills the form of a PostgreSQL connection.</summary>
    public static async Task Database(IPage page, Service service, string name, string user, string password)
    {
        await page.FillAsync("#f-name", name);
        await page.FillAsync("#f-settings-host", PostgresServer.Host);
        await page.FillAsync("#f-settings-port", $"{service.Postgres.Port}");
        await page.FillAsync("#f-settings-database", service.Postgres.Database);
        await page.FillAsync("#f-credentials-username", user);
        await page.FillAsync("#f-credentials-password", password);
        await page.ClickAsync("summary:has-text('Encryption')");
        await page.SelectOptionAsync("#f-settings-tls", "disable");
    }

    /// <summary>Runs a statement on the page of a connection's activity.</summary>
    public static async Task Query(IPage page, string connection, string sql)
    {
        await page.GotoAsync($"{connection}/run");
        await page.FillAsync("#f-input-sql", sql);
        await page.FillAsync("#f-input-parameters", "");
        await page.ClickAsync("main button.primary");
        await page.Arrives("**/activities/*-*");
    }

    public static Task Role(Service service, string user) =>
        service.Postgres.Sql($"CREATE ROLE {user} LOGIN PASSWORD '{PostgresDatabases.Password}'");
}
