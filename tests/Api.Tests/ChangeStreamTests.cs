using Connections.Hosting.Keys;
using TestServers;

namespace Api.Tests;

/// <summary>A stream of changes ends with the key that opened it.</summary>
public sealed class ChangeStreamTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(90); // the key is checked every 20 seconds

    [Fact]
    public async Task A_stream_ends_when_its_key_is_deleted_and_others_go_on()
    {
        await using var api = await TestApi.Start();
        await api.Migrate();
        using var viewer = await api.ClientWith(Role.Viewer);
        using var other = await api.ClientWith(Role.Viewer);
        using var ending = new StreamReader(await viewer.GetStreamAsync(new Uri("/api/changes", UriKind.Relative)));
        using var lasting = new StreamReader(await other.GetStreamAsync(new Uri("/api/changes", UriKind.Relative)));
        Assert.Equal(": connected", await ending.ReadLineAsync());
        var keys = api.App.Services.GetRequiredService<ApiKeys>();
        var deleted = await keys.Find(ApiKey.Hash(viewer.DefaultRequestHeaders.Authorization!.Parameter!), CancellationToken.None);
        await keys.Delete(deleted!.Id, CancellationToken.None);

        using var deadline = new CancellationTokenSource(Limit, TimeProvider.System);
        while (await ending.ReadLineAsync(deadline.Token) is not null) continue;
        string? line;
        do line = await lasting.ReadLineAsync(deadline.Token);
        while (line is not (null or ": still here"));
        Assert.NotNull(line);
    }

    [Theory]
    [InlineData("/api/changes")]
    [InlineData("/api/connections")]
    public async Task A_key_has_a_limit_of_open_requests_of_its_own(string target)
    {
        await using var api = await TestApi.Start(null, ("Http:OpenRequestsPerKey", "2"));
        await api.Migrate();
        using var viewer = await api.ClientWith(Role.Viewer);
        using var other = await api.ClientWith(Role.Viewer);
        var first = await viewer.GetStreamAsync(new Uri("/api/changes", UriKind.Relative));
        await using var second = await viewer.GetStreamAsync(new Uri("/api/changes", UriKind.Relative));
        using (var refused = await viewer.GetAsync(new Uri(target, UriKind.Relative), HttpCompletionOption.ResponseHeadersRead))
        {
            Assert.Equal((429, 1.0), ((int)refused.StatusCode, refused.Headers.RetryAfter?.Delta?.TotalSeconds));
            Assert.Contains("may have 2 requests open", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }

        using (var answered = await other.GetAsync(new Uri("/api/connections", UriKind.Relative))) Assert.Equal(200, (int)answered.StatusCode);
        await first.DisposeAsync();
        await Until.Holds(
            async () => (int)(await viewer.GetAsync(new Uri("/api/connections", UriKind.Relative))).StatusCode == 200, "a closed stream frees its place", Limit);
    }
}
