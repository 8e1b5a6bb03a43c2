using System.Net;
using Connections.Hosting;
using Connections.Hosting.Keys;

namespace Api.Tests;

/// <summary>Keys whose stored role this version does not know.</summary>
public sealed class UnknownRoleTests
{
    [Theory]
    [InlineData("King")]
    [InlineData("7")]
    [InlineData("4")]
    [InlineData("-1")]
    [InlineData("viewer")]
    [InlineData("Viewer, Admin")]
    [InlineData("")]
    public async Task A_key_with_an_unknown_role_opens_nothing_and_the_other_keys_are_listed(string role)
    {
        await using var api = await TestApi.Start();
        await api.Migrate();
        using var changed = await api.ClientWith(Role.Viewer);
        await using (var write = await api.App.Services.GetRequiredService<KeyDatabase>().Sql.BeginWrite(CancellationToken.None))
        {
            await using var command = write.Connection.CreateCommand();
            (command.Transaction, command.CommandText) = (write.Transaction, $"UPDATE api_keys SET role = '{role}' WHERE role = 'Viewer'");
            await command.ExecuteNonQueryAsync();
            await write.Commit(CancellationToken.None);
        }

        using var admin = await api.ClientWith(Role.Admin);
        Assert.Equal(HttpStatusCode.Unauthorized, (await changed.GetAsync(new Uri("/api/connections", UriKind.Relative))).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await changed.PostAsync(new Uri("/api/keys", UriKind.Relative), null)).StatusCode);
        var list = await admin.GetAsync(new Uri("/api/keys", UriKind.Relative));
        Assert.Equal(HttpStatusCode.OK, list.StatusCode);
        Assert.Contains("\"admin\"", await list.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }
}
