using Connections.Connectors.Files;
using Connections.Files.Records;
using Connections.Files.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Connections.Files;

public static class FilesRegistration
{
    /// <summary>Registers the file store. Its records are in the host's vault database, its bytes in a folder or a bucket.</summary>
    public static IServiceCollection AddFileStore(this IServiceCollection services)
    {
        services.AddOptions<FilesOptions>().BindConfiguration(FilesOptions.Section)
            .ValidateOnStart();
        services.TryAddSingleton<FilesOptionsCheck>();
        services.AddSingleton<IPostConfigureOptions<FilesOptions>>(p => p.GetRequiredService<FilesOptionsCheck>());
        services.AddSingleton<IValidateOptions<FilesOptions>>(p => p.GetRequiredService<FilesOptionsCheck>());
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<FileRecords>();
        services.TryAddSingleton<FileFolder>();
        services.TryAddSingleton<FileBucket>();
        services.TryAddSingleton<IByteStore>(p => p.GetRequiredService<IOptions<FilesOptions>>().Value.Bucket.Name is { Length: > 0 }
            ? p.GetRequiredService<FileBucket>() : p.GetRequiredService<FileFolder>());
        services.TryAddSingleton<StoreIdentity>();
        services.TryAddSingleton<IFileStore, EncryptedFileStore>();
        services.TryAddSingleton<FileSweep>();
        return services;
    }

    /// <summary>Creates the tables and the folder before the host serves. Call it after the registration of the stores.</summary>
    /// <param name="ownFolder">The folder of a service that is one process; null for hosts that share a configured folder.</param>
    public static IServiceCollection AddFileStoreStart(this IServiceCollection services, string? ownFolder = null)
    {
        if (ownFolder is not null) services.TryAddSingleton(new OwnFolder(ownFolder));
        services.AddFileStore();
        services.AddHostedService<FileStoreStart>();
        return services;
    }
}
