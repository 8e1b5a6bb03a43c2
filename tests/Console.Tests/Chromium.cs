using Microsoft.Playwright;

namespace Console.Tests;

/// <summary>Debian's Chromium, driven by Playwright. The tests are skipped by name where it is missing.</summary>
public sealed class Chromium : IAsyncLifetime
{
    private const string Program = "/usr/bin/chromium";

    private IPlaywright playwright = null!;
    private IBrowser browser = null!;

    public async ValueTask InitializeAsync()
    {
        Assert.SkipUnless(File.Exists(Program), "Chromium is not installed");
        playwright = await Playwright.CreateAsync();
        browser = await playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
        {
            ExecutablePath = Program,
            Args =
            [
                "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
                "--disable-component-update", "--disable-sync"
            ]
        });
    }

    /// <summary>A browser of its own, signed in with the key.</summary>
    public async Task<Visitor> Visit(Service service, string key, int width = 1280, string theme = "light", bool scripts = true)
    {
        var context = await browser.NewContextAsync(new BrowserNewContextOptions
        {
            BaseURL = service.Address,
            ViewportSize = new ViewportSize { Width = width, Height = 860 },
            ColorScheme = theme == "dark" ? ColorScheme.Dark : ColorScheme.Light,
            JavaScriptEnabled = scripts
        });
        var visitor = await Visitor.Open(context, service.Address);
        await visitor.Page.GotoAsync("/sign-in?next=connections");
        await visitor.Page.FillAsync("#key", key);
        await visitor.Page.ClickAsync("main button");
        await visitor.Page.WaitForURLAsync("**/connections");
        return visitor;
    }

    public async ValueTask DisposeAsync()
    {
        if (browser is not null) await browser.DisposeAsync();
        playwright?.Dispose();
    }
}

/// <summary>A person at a browser. Errors of the pages are kept, and every test ends by requiring that there are none.</summary>
public sealed class Visitor(IBrowserContext context, IPage page) : IAsyncDisposable
{
    private readonly List<string> faults = [];

    public IPage Page => page;

    public IBrowserContext Context => context;

    public IReadOnlyList<string> Faults => faults;

    public static async Task<Visitor> Open(IBrowserContext context, string address)
    {
        var page = await context.NewPageAsync();
        var visitor = new Visitor(context, page);
        await page.AddInitScriptAsync(
            "addEventListener('securitypolicyviolation', e => console.error('policy ' + e.violatedDirective + ' ' + e.blockedURI));");
        page.Console += (_, message) =>
        {
            if (message.Type is "error" or "warning" && !message.Text.Contains("status of 4", StringComparison.Ordinal)) visitor.faults.Add(message.Text);
        };
        page.PageError += (_, error) => visitor.faults.Add(error);
        page.Request += (_, request) =>
        {
            if (!request.Url.StartsWith(address, StringComparison.Ordinal) && !request.Url.StartsWith("http://127.0.0.1", StringComparison.Ordinal)
                && !request.Url.StartsWith("data:", StringComparison.Ordinal)) visitor.faults.Add($"off-origin {request.Url}");
        };
        return visitor;
    }

    public async ValueTask DisposeAsync() => await context.DisposeAsync();
}
