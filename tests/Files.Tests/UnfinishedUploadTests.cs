using Connections.Connectors.Files;
using Connections.Credentials.Vault;
using Files.Tests.Harness;
using Microsoft.Extensions.Time.Testing;
using TestServers;

namespace Files.Tests;

/// <summary>The sweep removes the uploads that a lost process left in a bucket. Moto lists them, as Amazon does.</summary>
public sealed class UnfinishedUploadTests
{
    [Fact]
    public async Task An_upload_whose_last_part_is_older_than_an_hour_is_removed_and_another_one_stays()
    {
        Assert.SkipWhen(ObjectStoreServer.Moto is null, "Moto is not installed");
        await using var moto = await ObjectStoreServer.StartMoto();
        var folder = Directory.CreateTempSubdirectory("files-");
        var database = VaultDatabase.Sqlite(Path.Combine(folder.FullName, "vault.db"));
        var clock = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        await using (var host = await FileHost.Start(database, clock, null, bucket: Settings(moto)))
        {
            await using var alive = await Begin(host);
            await host.Sweep.Run(clock.GetUtcNow(), TimeSpan.FromDays(3), default);
            Assert.Equal(20_000_000, (await alive.Complete(default)).Size);

            await using var lost = await Begin(host);
            clock.Advance(TimeSpan.FromMinutes(62));
            await host.Sweep.Run(clock.GetUtcNow(), TimeSpan.FromDays(3), default);
            await Assert.ThrowsAsync<FileStoreUnavailableException>(() => lost.Complete(default));
        }

        await database.Sql.DisposeAsync();
        folder.Delete(recursive: true);
    }

    private static async Task<IFileWriter> Begin(FileHost host)
    {
        var writer = await host.Store.Create("default", new NewFile("a", null), default);
        await writer.Write(new byte[20_000_000], default);
        return writer;
    }

    private static Dictionary<string, string?> Settings(ObjectStoreServer moto) => new()
    {
        ["Files:Bucket:Name"] = ObjectStoreServer.Bucket,
        ["Files:Bucket:Endpoint"] = moto.Address,
        ["Files:Bucket:AccessKeyId"] = "key",
        ["Files:Bucket:SecretAccessKey"] = "secret"
    };
}
