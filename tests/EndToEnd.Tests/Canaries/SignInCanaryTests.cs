using Connections.Connectors;
using DemoDefinitions;
using EndToEnd.Tests.Harness;

namespace EndToEnd.Tests.Canaries;

/// <summary>Searches everywhere for the secrets of a sign-in, with a provider that quotes them.</summary>
public sealed class SignInCanaryTests
{
    [Fact]
    public async Task Code_verifier_state_and_tokens_are_found_nowhere()
    {
        await using var provider = await EchoProvider.Start();
        using var folder = new DataFolder();
        IReadOnlyList<Place> places;
        SignInWays ways;
        await using (var host = await InProcessHost.Start(folder.Path, builder =>
        {
            builder.Configuration["OAuth:demo-mail:Base"] = provider.Address;
            builder.Configuration["OAuth:demo-mail:ClientId"] = "connections";
            builder.Configuration["OAuth:demo-mail:ClientSecret"] = provider.ClientSecret.Value;
            builder.Services.AddDefinedConnector(DemoConnectors.Mail);
        }))
        {
            using (ways = new SignInWays(host.Api, provider)) await ways.GoAll();
            places = await host.Places();
        }

        places = [.. places, .. Place.Files(folder.Path, "at its end")];
        IReadOnlyList<Place> shown = [.. places, .. ways.Pages];
        shown.Everywhere(ways.Marker, Place.File, Place.Answer, Place.Message);
        Assert.Contains(places, p => p is { Kind: Place.Log, Bytes.Length: > 0 });
        Assert.Equal(
            ["a refresh token handed in", "access token", "an error of the browser", "an error's description", "client secret", "code", "id token", "refresh token", "verifier"],
            provider.Secrets.Select(s => s.Owner).Distinct().Order());
        Assert.InRange(provider.Quoted, 12, int.MaxValue);
        shown.Nowhere(provider.Secrets);
        places.Nowhere(ways.States);
    }
}
