using EventSourcing;

namespace Connections.Files;

/// <summary>The rejections of the file store. None of them quotes a name or content.</summary>
internal static class FileRejections
{
    public static RejectedException NotFound() => new("file.not-found", "There is no such file.");

    public static RejectedException Expired() => new("file.expired", "The file has expired. Upload it again.");

    public static RejectedException TooLarge(long limit) =>
        new("file.too-large", $"The file is larger than {limit} bytes, the limit of this service. Nothing was stored.");

    public static RejectedException StoreFull() => new(
        "file.store-full",
        "The disk of the file store is full. Nothing was stored. Delete files, or have the operator make room, and upload again.");

    public static RejectedException Unreadable() => new(
        "file.unreadable", "The stored bytes of the file were changed or are gone, so it cannot be read. Upload it again.");

    public static RejectedException NotConfigured() =>
        new("file.not-configured", "This service has no file store. The operator has to set Files:Bucket:Name.");
}
