namespace Console.Tests;

[Collection(ConsoleCollection.Name)]
public sealed class RoleTests(Service service, Chromium chromium)
{
    [Theory]
    [InlineData("viewer", false, false, false)]
    [InlineData("runner", true, false, false)]
    [InlineData("manager", true, true, false)]
    [InlineData("admin", true, true, true)]
    public async Task A_key_sees_what_its_role_may_do(string role, bool runs, bool changes, bool keys)
    {
        var id = await service.Connect($"pg-role-{role}", $"role{role}");
        await using var visitor = await chromium.Visit(service, await service.CreateKey(role));
        var page = visitor.Page;
        await page.GotoAsync($"/connections?q=pg-role-{role}");
        Assert.Equal(keys, await Has("#nav a:has-text('Keys')"));
        Assert.Equal(changes, await Has("a:has-text('Connect an app')"));
        Assert.Equal(changes, await Has("input[name=ids]"));
        Assert.Equal(runs, await Has($"button[popovertarget='m-{id}']"));
        Assert.Equal(changes, await Has($"[id='m-{id}'] a:has-text('Rename')"));
        await page.GotoAsync($"/connections/{id}");
        Assert.Equal(changes, await Has(".head button:text('Test')"));
        Assert.Equal(changes, await Has(".head a:has-text('Reconnect')"));
        Assert.Equal(runs, await Has("#actions a:has-text('Run an activity')"));
        Assert.Equal(changes, await Has("#actions a:has-text('Delete…')"));
        await page.GotoAsync("/marketplace/postgres");
        Assert.Equal(changes, await Has("a.primary:has-text('Connect')"));
        Assert.Equal(role == "viewer", await Has("text=Your key may look, not run or change."));
        Assert.Equal(role == "runner", await Has("text=Your key may look and run, not change."));
        foreach (var (address, may) in new[] { ("connect/postgres", changes), ($"connections/{id}/reconnect", changes), ($"connections/{id}/run", runs), ("keys", keys) })
            Assert.Equal(may ? 200 : 403, (await page.GotoAsync($"/{address}"))!.Status);
        Assert.Empty(visitor.Faults);

        async Task<bool> Has(string selector) => await page.Locator(selector).CountAsync() > 0;
    }
}
