using Connections.Hosting.Keys;

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
}
