using Connections.Hosting.Keys;
using Connections.Web.Keys;
using Microsoft.AspNetCore.Authorization;

namespace Api.Tests;

public sealed class EndpointTests
{
    // Probes have no key, browsers return from providers without one, and a browser signs in before it has a session.
    private static readonly string[] Open =
    [
        "/health/live", "/health/ready", "/api/oauth/callback", "/api/oauth/confirm", "/assets/{hash}/{name}", "/sign-in", "/sign-in/provider",
        "/sign-in/no-role", "/enter/{code}"
    ];

    [Fact]
    public async Task Each_endpoint_names_a_role_or_is_listed_as_open()
    {
        await using var api = TestApi.Build();
        var endpoints = ((IEndpointRouteBuilder)api.App).DataSources.SelectMany(source => source.Endpoints).OfType<RouteEndpoint>().ToList();
        Assert.NotEmpty(endpoints);
        var policies = api.App.Services.GetRequiredService<IAuthorizationPolicyProvider>();
        var open = new List<string>();
        foreach (var endpoint in endpoints)
        {
            var path = $"/{endpoint.RoutePattern.RawText!.Trim('/')}";
            if (endpoint.Metadata.GetMetadata<IAllowAnonymous>() is not null)
            {
                open.Add(path);
                continue;
            }

            var needed = endpoint.Metadata.GetOrderedMetadata<IAuthorizeData>();
            Assert.True(needed.Count > 0, $"{path} names no role: add .Needs(Role…).");
            foreach (var data in needed) Assert.NotNull(await policies.GetPolicyAsync(data.Policy!));
        }

        Assert.Equal(Open.Order(), open.Distinct().Order());
    }

    [Fact]
    public void Each_role_has_the_name_of_its_policy() =>
        Assert.All(Enum.GetValues<Role>(), role => Assert.Equal(role.ToString().ToLowerInvariant(), ((IAuthorizeData)new NeededRole(role)).Policy));
}
