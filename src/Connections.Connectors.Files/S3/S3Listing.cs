using System.Net;
using System.Text.Json;
using Amazon.S3;
using Amazon.S3.Model;
using Connections.Connectors.Catalogue;
using Connections.Connectors.Files;

namespace Connections.Connectors.S3;

/// <summary>Lists buckets, and what lies in a folder of a bucket.</summary>
internal sealed class S3Listing(S3Settings settings, AmazonS3Client client)
{
    /// <summary>How many pages a search by name reads at most before it answers with what it found so far.</summary>
    private const int MaxPages = 100;

    // The last page of a search may add as many matches, and an output has a limit.
    private const int SearchedPage = 200;

    /// <summary>Fails if the key may not list the bucket.</summary>
    public static async Task Reach(AmazonS3Client client, string bucket, CancellationToken ct)
    {
        var page = await client.ListObjectsV2Async(
            new ListObjectsV2Request { BucketName = bucket, Delimiter = "/", MaxKeys = 1, Encoding = EncodingType.Url }, ct);
        if (page.Name is null) throw NoListing();
    }

    public async Task<ConnectorResult> Buckets(JsonElement input, CancellationToken ct)
    {
        var listed = await client.ListBucketsAsync(new ListBucketsRequest(), ct);
        var found = (listed.Buckets ?? []).Where(bucket => Matches(bucket.BucketName, input))
            .Select(bucket => new ListedFile($"/{bucket.BucketName}/", bucket.BucketName, $"/{bucket.BucketName}/", Folder: true));
        return new ConnectorResult.Done(ListedFile.Listing(found, null));
    }

    public async Task<ConnectorResult> Objects(S3Path folder, JsonElement input, CancellationToken ct)
    {
        var (limit, searched) = (FileActivities.Limit(input), Json.Given(input, "query") is not null);
        var request = new ListObjectsV2Request
        {
            BucketName = folder.Bucket,
            Prefix = folder.Key.Length == 0 || folder.Key.EndsWith('/') ? folder.Key : $"{folder.Key}/",
            Delimiter = "/",
            MaxKeys = searched ? Math.Max(limit, SearchedPage) : limit,
            ContinuationToken = Json.Given(input, "cursor"),
            Encoding = EncodingType.Url // XML cannot hold every key
        };
        var found = new List<ListedFile>();
        string? next;
        var pages = 0;
        do
        {
            var page = await client.ListObjectsV2Async(request, ct);
            if (page.Name is null) throw NoListing();
            var encoded = page.Encoding == EncodingType.Url;
            found.AddRange((page.CommonPrefixes ?? []).Select(prefix => Folder(folder with { Key = Decode(prefix, encoded) })).Where(file => Matches(file.Name, input)));
            found.AddRange((page.S3Objects ?? []).Select(item => (Place: folder with { Key = Decode(item.Key, encoded) }, Item: item))
                .Where(listed => listed.Place.Key != request.Prefix).Select(listed => File(listed.Place, listed.Item))
                .Where(file => Matches(file.Name, input)));
            request.ContinuationToken = next = page.IsTruncated == true ? Json.Given(page.NextContinuationToken) : null;
        }
        while (searched && next is not null && found.Count < limit && ++pages < MaxPages);
        return new ConnectorResult.Done(ListedFile.Listing(found, next));
    }

    private static InvalidDataException NoListing() => new("The response is no listing.");

    private ListedFile Folder(S3Path place) => new(place.Written(settings), place.Name, place.Written(settings), Folder: true);

    private ListedFile File(S3Path place, S3Object item) => new(
        place.Written(settings), place.Name, place.Written(settings), Folder: false, item.Size, ChangedAt: item.LastModified?.ToUniversalTime(),
        Hash: Json.Given(item.ETag)?.Trim('"'));

    // Not every store encodes the keys as it was asked to. A blank is a plus or %20.
    private static string Decode(string key, bool encoded) => encoded ? WebUtility.UrlDecode(key) : key;

    private static bool Matches(string name, JsonElement input) =>
        Json.Given(input, "query") is not { } query || name.Contains(query, StringComparison.OrdinalIgnoreCase);
}
