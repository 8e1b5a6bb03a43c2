using EndToEnd.Tests.Harness;
using EndToEnd.Tests.Kills;
using Microsoft.Data.Sqlite;
using TestServers;

namespace EndToEnd.Tests.Durability;

/// <summary>Somebody who can change the log, but not open the vault, cannot make the service send stored credentials to another server.</summary>
public sealed class ChangedLogTests
{
    [Fact]
    public async Task Credentials_are_not_sent_to_a_server_that_was_written_into_the_log_afterwards()
    {
        using var folder = new DataFolder();
        await using var provider = await FakeProvider.Start();
        await using var thief = await ApiServer.Start();
        thief.Answer = context =>
        {
            context.Response.StatusCode = 200;
            return Task.CompletedTask;
        };
        var id = Guid.NewGuid();
        await using (var before = await StandaloneProcess.Start(folder.Path))
        {
            (await before.Api.Post("/api/connections", OwnedConnection.Body(id, "Shop", provider.Address, "user"))).Is(201);
            await before.Stop();
        }

        Assert.Equal(1, await Redirect(Path.Combine(folder.Path, "log.db"), provider.Address, $"http://127.0.0.1:{thief.Port}"));
        foreach (var file in Directory.GetFiles(folder.Path, "readmodels.db*")) File.Delete(file);

        await using var after = await StandaloneProcess.Start(folder.Path);
        var activity = Guid.NewGuid();
        (await after.Api.Post("/api/activities", new
        {
            id = activity,
            connectionId = id,
            activity = "request",
            input = new { method = "GET", path = "/mails" }
        })).Is(202);
        await after.Api.Waits(activity, "reauthRequired");
        (await after.Api.Post($"/api/connections/{id}/test")).Refuses(422, "connection.credentials-rejected");
        Assert.Empty(thief.Requests);

        var reconnect = new { settings = new { baseUrl = provider.Address, auth = "basic" }, credentials = new { username = "user", password = "again" } };
        (await after.Api.Post($"/api/connections/{id}/reconnect", reconnect)).Is(200);
        Assert.Empty(thief.Requests);
    }

    private static async Task<int> Redirect(string file, string from, string to)
    {
        await using var log = new SqliteConnection($"Data Source={file};Pooling=False");
        await log.OpenAsync();
        await using var change = log.CreateCommand();
        change.CommandText = "UPDATE events SET data = CAST(replace(CAST(data AS TEXT), @from, @to) AS BLOB) WHERE type = 'connection-created'";
        change.Parameters.AddWithValue("@from", from);
        change.Parameters.AddWithValue("@to", to);
        return await change.ExecuteNonQueryAsync();
    }
}
