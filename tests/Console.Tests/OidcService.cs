using System.Net;
using TestServers;

namespace Console.Tests;

/// <summary>A service whose people sign in at an identity provider.</summary>
public sealed class OidcService(Service service) : IAsyncLifetime
{
    private readonly string secret = Path.GetTempFileName();

    public Service Console { get; private set; } = null!;

    public IdentityProvider Provider { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Provider = await IdentityProvider.Start();
        await File.WriteAllTextAsync(secret, $"{IdentityProvider.ClientSecret}\n");
        Console = await service.Another(Settings("console-admins"));
        await Ready();
    }

    /// <param name="admins">The group whose members are admins.</param>
    public string[] Settings(string admins) =>
    [
        $"--Console:Oidc:Authority={Provider.Address}", $"--Console:Oidc:Name={IdentityProvider.Name}",
        $"--Console:Oidc:ClientId={IdentityProvider.ClientId}",
        $"--Console:Oidc:ClientSecret:File={secret}", "--Console:Oidc:RoleClaim=groups", "--Console:Oidc:Roles:viewer=console-viewers",
        "--Console:Oidc:Roles:runner=console-runners", "--Console:Oidc:Roles:manager=console-managers",
        "--Console:Oidc:Roles:admin:0=owners", $"--Console:Oidc:Roles:admin:1={admins}"
    ];

    /// <summary>Waits until the service has read what the provider publishes.</summary>
    public async Task Ready()
    {
        using var client = Browser.Open(Console.Address);
        await Until.Holds(
            async () => (await Begin(client)).StartsWith(Provider.Address, StringComparison.Ordinal), "the service knows the provider");
    }

    /// <summary>Begins a sign-in and returns the address at the provider.</summary>
    public static async Task<string> Begin(HttpClient client, string next = "") =>
        (await client.GetAsync($"/sign-in/provider?next={Uri.EscapeDataString(next)}")).Headers.Location!.OriginalString;

    /// <summary>Answers at the provider, and returns the address to which it sends the browser back.</summary>
    public static async Task<string> Answer(HttpClient client, string authorize, string user) =>
        (await client.GetAsync($"{authorize}&user={user}")).Headers.Location!.OriginalString;

    /// <summary>Signs in, and returns the address to which the sign-in leads.</summary>
    public static async Task<string> SignIn(HttpClient client, string user, string next = "")
    {
        var back = await client.GetAsync(await Answer(client, await Begin(client, next), user));
        Assert.Equal(HttpStatusCode.SeeOther, back.StatusCode);
        return back.Headers.Location!.OriginalString;
    }

    public async ValueTask DisposeAsync()
    {
        if (Console is not null) await Console.DisposeAsync();
        if (Provider is not null) await Provider.DisposeAsync();
        File.Delete(secret);
    }
}
