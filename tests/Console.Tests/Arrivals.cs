using System.Text.RegularExpressions;
using Microsoft.Playwright;
using TestServers;

namespace Console.Tests;

internal static class Arrivals
{
    /// <summary>
    /// Waits until the page has this address and is loaded. Playwright's own wait listens for the event of the load, and misses it at times
    /// when the page is there already.
    /// </summary>
    /// <param name="pattern">A star stands for any text without a slash, two stars for any text.</param>
    public static Task Arrives(this IPage page, string pattern)
    {
        var address = new Regex($"^{Regex.Escape(pattern).Replace(@"\*\*", ".*", StringComparison.Ordinal).Replace(@"\*", "[^/]*", StringComparison.Ordinal)}$");
        return Until.Holds(async () => address.IsMatch(page.Url) && await IsLoaded(page), $"the page {pattern} is loaded");
    }

    private static async Task<bool> IsLoaded(IPage page)
    {
        try
        {
            return await page.EvaluateAsync<string>("document.readyState") == "complete";
        }
        catch (PlaywrightException)
        {
            return false; // another document is being loaded
        }
    }
}
