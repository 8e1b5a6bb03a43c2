using DemoProvider;

namespace EndToEnd.Tests.Grants;

/// <summary>The environment variables for the OAuth application at a test provider.</summary>
internal static class Applications
{
    public static Dictionary<string, string> At(string address)
    {
        var settings = new Dictionary<string, string>();
        foreach (var connector in new[] { "demo-mail", "steady-mail" })
        {
            settings[$"OAuth__{connector}__Base"] = address;
            settings[$"OAuth__{connector}__ClientId"] = DemoSettings.ClientId;
            settings[$"OAuth__{connector}__ClientSecret"] = DemoSettings.ClientSecret;
        }

        return settings;
    }
}
