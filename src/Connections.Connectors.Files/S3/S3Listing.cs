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

    // A search reads pages of at least this many names.
    private const int SearchedPage = 200;

    /// <summary>Fails if the key may not list the bucket.</summary>
    public static async Task Reach(AmazonS3Client client, string bucket, CancellationToken ct)
    {
        var page = await client.ListObjectsV2Async(
            new ListObjectsV2Request { BucketName = bucket, Delimiter = "/", MaxKeys = 1, Encoding = EncodingType.Url }, ct);
        if (page.Name is null) throw NoListing();
    }

    // Amazon sends all buckets in one response.
    public async Task<ConnectorResult> Buckets(JsonElement input, CancellationToken ct)
    {
        var (limit, after) = (FileActivities.Limit(input), Json.Given(input, "cursor"));
        var listed = await client.ListBucketsAsync(new ListBucketsRequest(), ct);
        var found = (listed.Buckets ?? []).Select(bucket => bucket.BucketName).Order(StringComparer.Ordinal)
            .Where(name => Matches(name, input) && (after is null || string.CompareOrdinal(name, after) > 0))
            .Select(name => new ListedFile($"/{name}/", name, $"/{name}/", Folder: true)).ToList();
        return new ConnectorResult.Done(ListedFile.Listing(found.Take(limit), found.Count > limit ? found[limit - 1].Name : null));
    }

    public async Task<ConnectorResult> Objects(S3Path folder, JsonElement input, CancellationToken ct)
    {
        var (limit, searched) = (FileActivities.Limit(input), Json.Given(input, "query") is not null);
        var (found, cursor) = (new List<ListedFile>(), PageCursor.Parse(Json.Given(input, "cursor")));
        var request = new ListObjectsV2Request
        {
            BucketName = folder.Bucket,
            Prefix = folder.Key.Length == 0 || folder.Key.EndsWith('/') ? folder.Key : $"{folder.Key}/",
            Delimiter = "/",
            MaxKeys = searched ? Math.Max(limit, SearchedPage) : limit,
            Encoding = EncodingType.Url // XML cannot hold every key
        };
        for (var pages = 1; ; pages++)
        {
            request.ContinuationToken = cursor.Page;
            var page = await client.ListObjectsV2Async(request, ct);
            if (page.Name is null) throw NoListing();
            var last = cursor.After;
            foreach (var (key, file) in Items(page, folder, request.Prefix))
            {
                if ((last is not null && string.CompareOrdinal(key, last) <= 0) || !Matches(file.Name, input)) continue;
                if (found.Count == limit) return Listing(new PageCursor(cursor.Page, last));
                found.Add(file);
                last = key;
            }

            var next = page.IsTruncated == true ? Json.Given(page.NextContinuationToken) : null;
            cursor = new PageCursor(next, null);
            if (!searched || next is null || found.Count == limit || pages == MaxPages) return Listing(next is null ? null : cursor);
        }

        ConnectorResult.Done Listing(PageCursor? next) => new(ListedFile.Listing(found, next?.ToString()));
    }

    private IEnumerable<(string Key, ListedFile File)> Items(ListObjectsV2Response page, S3Path folder, string itself)
    {
        var encoded = page.Encoding == EncodingType.Url;
        var folders = (page.CommonPrefixes ?? []).Select(prefix => Decode(prefix, encoded))
            .Select(key => (key, Folder(folder with { Key = key })));
        var objects = (page.S3Objects ?? []).Select(item => (Key: Decode(item.Key, encoded), item)).Where(listed => listed.Key != itself)
            .Select(listed => (listed.Key, File(folder with { Key = listed.Key }, listed.item)));
        return folders.Concat(objects).OrderBy(listed => listed.Item1, StringComparer.Ordinal);
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
