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
    public async Task<Visitor> Visit(Service service, string key, int width = 1280, string theme = "light", bool scripts = true, string? address = null)
    {
        var visitor = await Arrive(address ?? service.Address, width, theme, scripts);
        await visitor.Page.GotoAsync("sign-in?next=connections");
        await visitor.Page.FillAsync("#key", key);
        await visitor.Page.ClickAsync("main button");
        await visitor.Page.Arrives("**/connections");
        return visitor;
    }

    /// <summary>A browser of its own that is not signed in.</summary>
    public async Task<Visitor> Arrive(string address, int width = 1280, string theme = "light", bool scripts = true)
    {
        var context = await browser.NewContextAsync(new BrowserNewContextOptions
        {
            BaseURL = address,
            IgnoreHTTPSErrors = address.StartsWith("https", StringComparison.Ordinal), // a certificate of the tests
            ViewportSize = new ViewportSize { Width = width, Height = 860 },
            ColorScheme = theme == "dark" ? ColorScheme.Dark : ColorScheme.Light,
            JavaScriptEnabled = scripts
        });
        return await Visitor.Open(context, address);
    }

    public async ValueTask DisposeAsync()
    {
        if (browser is not null) await browser.DisposeAsync();
        playwright?.Dispose();
    }
}

/// <summary>A person at a browser. Errors of the pages are kept, and every test ends by requiring that there are none.</summary>
public sealed class Visitor(IBrowserContext context, IPage page, string address) : IAsyncDisposable
{
    private readonly List<string> faults = [];

    public IPage Page => page;

    public IBrowserContext Context => context;

    public IReadOnlyList<string> Faults => faults;

    public static async Task<Visitor> Open(IBrowserContext context, string address)
    {
        var page = await context.NewPageAsync();
        var visitor = new Visitor(context, page, address);
        await visitor.Listen(page);
        return visitor;
    }

    /// <summary>Another tab of the same browser.</summary>
    public async Task<IPage> Another()
    {
        var tab = await context.NewPageAsync();
        await Listen(tab);
        return tab;
    }

    private async Task Listen(IPage tab)
    {
        await tab.AddInitScriptAsync(
            "addEventListener('securitypolicyviolation', e => console.error('policy ' + e.violatedDirective + ' ' + e.blockedURI));");
        tab.Console += (_, message) =>
        {
            if (message.Type is "error" or "warning" && !message.Text.Contains("status of 4", StringComparison.Ordinal)) faults.Add(message.Text);
        };
        tab.PageError += (_, error) => faults.Add(error);
        tab.Request += (_, request) =>
        {
            if (!request.Url.StartsWith(address, StringComparison.Ordinal) && !request.Url.StartsWith("http://127.0.0.1", StringComparison.Ordinal)
                && !request.Url.StartsWith("data:", StringComparison.Ordinal)) faults.Add($"off-origin {request.Url}");
        };
    }

    public async ValueTask DisposeAsync() => await context.DisposeAsync();
}
