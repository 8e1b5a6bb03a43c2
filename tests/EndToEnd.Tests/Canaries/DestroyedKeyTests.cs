using EndToEnd.Tests.Harness;
using Microsoft.Data.Sqlite;

namespace EndToEnd.Tests.Canaries;

public sealed class DestroyedKeyTests(SharedService common)
{
    [Fact]
    public async Task After_destruction_the_wrapped_key_and_entries_of_a_deleted_connection_are_in_no_live_file()
    {
        using var folder = new DataFolder();
        await using var service = await StandaloneProcess.Start(folder.Path);
        var (gone, kept) = (await service.Api.Connect(await common.NewRole()), await service.Api.Connect(await common.NewRole()));
        var traces = Traces(folder.Path, gone).ToList();
        var others = Traces(folder.Path, kept).ToList();
        Assert.Equal((2, 2), (traces.Count, others.Count));
        Assert.Empty(Missing(folder.Path, traces));

        (await service.Api.Delete($"/api/connections/{gone}")).Is(204);
        await TestServers.Until.Holds(
            async () => (await service.Api.HistoryTypes(gone)).Contains("connection-secrets-destroyed"), "the secrets are destroyed");
        Assert.Equal(traces, Missing(folder.Path, traces));
        Assert.Empty(Missing(folder.Path, others));
        await service.Process.Stop();
        Assert.Equal(traces, Missing(folder.Path, traces));
        Assert.Empty(Missing(folder.Path, others));
    }

    // Search for both ends of each: a page may have been overwritten in part.
    private static IEnumerable<byte[]> Missing(string folder, IEnumerable<byte[]> traces)
    {
        var files = Place.Files(folder, "now").ToList();
        Assert.Contains(files, f => f.Name.StartsWith("vault.db", StringComparison.Ordinal));
        return traces.Where(t => !files.Any(f => f.Bytes.Span.IndexOf(t.AsSpan(0, 16)) >= 0 || f.Bytes.Span.IndexOf(t.AsSpan(t.Length - 16)) >= 0));
    }

    private static IEnumerable<byte[]> Traces(string folder, Guid connection)
    {
        using var vault = new SqliteConnection($"Data Source={Path.Combine(folder, "vault.db")};Mode=ReadOnly;Pooling=false");
        vault.Open();
        using var command = vault.CreateCommand();
        command.CommandText =
            "SELECT wrapped FROM data_keys WHERE name = $id AND wrapped IS NOT NULL UNION ALL SELECT box FROM vault_entries WHERE connection = $id";
        command.Parameters.AddWithValue("$id", connection.ToString());
        using var rows = command.ExecuteReader();
        while (rows.Read()) yield return (byte[])rows.GetValue(0);
    }
}
