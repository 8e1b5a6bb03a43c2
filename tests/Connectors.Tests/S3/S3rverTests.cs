using TestServers;

namespace Connectors.Tests.S3;

public sealed class S3rverFixture : IAsyncLifetime
{
    private static readonly string Modules = Path.GetFullPath(
        Path.Combine(AppContext.BaseDirectory, "../../../../tests/Connectors.Tests/S3/s3rver/node_modules"));

    public ObjectStoreServer? Server { get; private set; }

    public async ValueTask InitializeAsync() =>
        Server = ObjectStoreServer.S3rverAvailable(Modules) ? await ObjectStoreServer.StartS3rver(Modules) : null;

    public ValueTask DisposeAsync() => Server?.DisposeAsync() ?? ValueTask.CompletedTask;
}

/// <summary>s3rver ignores the conditions of requests, and cannot list parts.</summary>
public sealed class S3rverTests : S3StoreContract, IClassFixture<S3rverFixture>
{
    public S3rverTests(S3rverFixture fixture)
    {
        Assert.SkipWhen(fixture.Server is null, "s3rver is not installed");
        Address = fixture.Server!.Address;
    }

    protected override string Address { get; }

    protected override bool ListsParts => false;
}
