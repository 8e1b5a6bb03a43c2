using Microsoft.Playwright;

namespace Console.Tests;

/// <summary>A person who uses no mouse: Tab, arrow keys, Enter, Space, and text.</summary>
internal sealed class Keys(IPage page)
{
    private const int Most = 150;

    /// <summary>Presses Tab until the element has the focus, and requires that its focus is visible.</summary>
    public async Task To(string selector)
    {
        var wanted = page.Locator(selector).First;
        await wanted.WaitForAsync(new() { State = WaitForSelectorState.Attached });
        for (var i = 0; i < Most; i++)
        {
            if (await wanted.EvaluateAsync<bool>("e => e === document.activeElement"))
            {
                Assert.True(await wanted.EvaluateAsync<bool>("e => e.matches(':focus-visible')"), $"The focus on {selector} is not visible.");
                return;
            }

            await page.Keyboard.PressAsync("Tab");
        }

        Assert.Fail($"Tab does not reach {selector}.");
    }

    public async Task Enter(string selector)
    {
        await To(selector);
        await page.Keyboard.PressAsync("Enter");
    }

    public async Task Type(string selector, string text)
    {
        await To(selector);
        await page.Keyboard.PressAsync("Control+A");
        await page.Keyboard.PressAsync("Delete");
        await page.Keyboard.TypeAsync(text);
    }

    public Task Press(string key) => page.Keyboard.PressAsync(key);
}
