using System.Security.Cryptography;
using Connections.Connectors.Files;
using Connections.Credentials.Vault;
using EventSourcing;
using Microsoft.Extensions.Time.Testing;

namespace Files.Tests.Harness;

/// <summary>Base of the contracts: a host on an empty folder, or on an empty part of a bucket, and an empty database.</summary>
public abstract class FileContract(FileDatabase database, BucketFixture? bucket = null) : IAsyncLifetime
{
    protected const string Workspace = "default";
    protected const int Chunk = 64 * 1024;

    private readonly DirectoryInfo root = Directory.CreateTempSubdirectory("files-");
    private readonly List<FileHost> hosts = [];
    private VaultDatabase? opened;

    // Files of the test have the times of the machine.
    protected FakeTimeProvider Clock { get; } = new(TimeProvider.System.GetUtcNow());

    protected FileHost Host => hosts[0];

    protected IFileStore Store => Host.Store;

    protected VaultDatabase Database => opened!;

    private readonly string prefix = $"t{Guid.NewGuid():n}/";

    // The server of the bucket keeps its objects in files.
    protected string Folder => bucket?.FolderOf(prefix) ?? Path.Combine(root.FullName, "files");

    protected string Root => root.FullName;

    public virtual async ValueTask InitializeAsync()
    {
        opened = database.Open(root.FullName);
        await Another();
    }

    public virtual async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        foreach (var host in hosts) await host.DisposeAsync();
        if (opened is not null) await opened.Sql.DisposeAsync();
        root.Delete(recursive: true);
    }

    /// <summary>Starts another host on the same database.</summary>
    protected async Task<FileHost> Another(string? folder = null, bool own = false, string activeKey = "k1", bool oldKey = true, long? maxBytes = null)
    {
        var host = await FileHost.Start(opened!, Clock, folder ?? Folder, own, activeKey, oldKey, maxBytes, bucket?.Settings(prefix));
        hosts.Add(host);
        return host;
    }

    protected Task<StoredFile> Put(byte[] content, string? name = "report.pdf", string? type = "application/pdf", string workspace = Workspace) =>
        Store.Write(workspace, new NewFile(name, type, content.Length), new MemoryStream(content), default);

    protected static async Task<byte[]> Read(FileHost host, Guid id, string workspace = Workspace)
    {
        await using var open = await host.Store.Open(workspace, id, default);
        using var read = new MemoryStream();
        await open.Content.CopyToAsync(read);
        return read.ToArray();
    }

    protected Task<byte[]> Read(Guid id) => Read(Host, id);

    protected static byte[] Random(int size) => RandomNumberGenerator.GetBytes(size);

    protected static async Task Rejects(string code, Func<Task> work) => Assert.Equal(code, (await Assert.ThrowsAsync<RejectedException>(work)).Code);

    /// <summary>The stored files and the uploads, without the identity.</summary>
    protected List<string> Stored() => bucket is not null
        ? [.. bucket.Stored(prefix)]
        : [.. Directory.GetFiles(Folder, "*", SearchOption.AllDirectories).Where(file => Path.GetFileName(file) != "store-id")];

    protected string PathOf(Guid id) => Path.Combine(Folder, id.ToString()[..2], id.ToString()) + (bucket is null ? "" : BucketFixture.Ending);

    protected void RemoveStored(Guid id)
    {
        foreach (var file in Directory.GetFiles(Path.GetDirectoryName(PathOf(id))!, $"{id}*")) File.Delete(file);
    }
}
