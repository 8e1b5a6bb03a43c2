using System.Globalization;
using Connections.Domain;
using Microsoft.AspNetCore.Http;

namespace Connectors.Tests.S3;

/// <summary>How much a search reads, which paths name a bucket, and connection tests of compatible stores.</summary>
public sealed class S3ListingTests
{
    [Theory]
    [InlineData(1, 200)]
    [InlineData(200, 200)]
    [InlineData(300, 300)]
    [InlineData(1000, 1000)]
    public async Task A_search_reads_pages_that_fit_its_limit(int limit, int page)
    {
        await using var amazon = await AmazonDouble.Start();
        await using var store = amazon.Store();
        await store.List(new { limit, query = "a" });
        var expected = string.Create(CultureInfo.InvariantCulture, $"max-keys={page}&");
        Assert.Contains(expected, $"{amazon.Requests[0].Target}&", StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_search_ends_with_the_page_that_reaches_its_limit()
    {
        await using var amazon = await Paged(i => $"<Contents><Key>match-{i}</Key><Size>1</Size></Contents>");
        await using var store = amazon.Store();
        var found = await store.Done("list-files", new { limit = 3, query = "match" });
        Assert.Equal((3, 3), (found.GetProperty("files").GetArrayLength(), amazon.Requests.Count));
        Assert.Equal("next-3", found.GetProperty("next").GetString());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(7)]
    [InlineData(100)]
    public async Task A_search_lists_no_more_than_its_limit_and_goes_on_without_a_gap(int limit)
    {
        await using var amazon = await Paged(
            page => $"<Contents><Key>match-{page}b</Key></Contents><Contents><Key>x</Key></Contents>"
                + $"<Contents><Key>\U0001F600 match-{page}</Key></Contents>"
                + $"<CommonPrefixes><Prefix>match-{page}a/</Prefix></CommonPrefixes>",
            last: 3);
        await using var store = amazon.Store();
        var (names, cursor) = (new List<string>(), "");
        do
        {
            var page = await store.Done("list-files", new { limit, query = "match", cursor });
            var found = page.GetProperty("files").EnumerateArray().Select(file => file.GetProperty("name").GetString()!).ToArray();
            Assert.InRange(found.Length, 1, limit);
            names.AddRange(found);
            cursor = page.TryGetProperty("next", out var next) ? next.GetString()! : "";
        }
        while (cursor.Length > 0);
        Assert.Equal(
            Enumerable.Range(1, 3).SelectMany(page => (string[])[$"match-{page}a", $"match-{page}b", $"\U0001F600 match-{page}"]), names);
    }

    [Theory]
    [InlineData("after:")]
    [InlineData("after:!:next-1")]
    [InlineData("after:////")]
    [InlineData("next 1&x=y")]
    public async Task A_cursor_that_is_none_is_left_to_the_provider(string cursor)
    {
        await using var amazon = await AmazonDouble.Start();
        await using var store = amazon.Store();
        await store.List(new { query = "a", cursor });
        Assert.Contains($"continuation-token={Uri.EscapeDataString(cursor)}", amazon.Requests[0].Target, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Buckets_are_listed_page_by_page(int limit)
    {
        await using var amazon = await AmazonDouble.Start();
        amazon.Script = async (_, _, context) =>
        {
            await context.Response.WriteAsync(
                "<ListAllMyBucketsResult><Buckets><Bucket><Name>c</Name></Bucket><Bucket><Name>a</Name></Bucket><Bucket><Name>b</Name></Bucket>"
                + "</Buckets></ListAllMyBucketsResult>");
            return true;
        };
        await using var store = amazon.Store(new { });
        var first = await store.Done("list-files", new { limit });
        Assert.Equal(limit, first.GetProperty("files").GetArrayLength());
        var rest = first.TryGetProperty("next", out var next) ? await store.List(new { cursor = next.GetString() }) : [];
        Assert.Equal(((string[])["/a/", "/b/", "/c/"])[limit..], rest);
    }

    [Fact]
    public async Task A_search_that_finds_nothing_ends_after_a_hundred_pages()
    {
        await using var amazon = await Paged(_ => "");
        await using var store = amazon.Store();
        var found = await store.Done("list-files", new { limit = 3, query = "match" });
        Assert.Equal((0, 100), (found.GetProperty("files").GetArrayLength(), amazon.Requests.Count));
        Assert.Equal("next-100", found.GetProperty("next").GetString());
    }

    [Theory]
    [InlineData("/./a.txt")]
    [InlineData("/../a.txt")]
    [InlineData("../a.txt")]
    [InlineData("/.hidden/a.txt")]
    [InlineData("/-x/a.txt")]
    [InlineData("/%2e%2e/a.txt")]
    public async Task A_path_that_begins_with_no_name_of_a_bucket_is_refused(string id)
    {
        await using var amazon = await AmazonDouble.Start();
        await using var store = amazon.Store(new { });
        Assert.Equal(FailureKind.InvalidInput, (await store.Fails("fetch-file", new { id })).Kind);
        Assert.Equal(FailureKind.InvalidInput, (await store.Fails("delete-file", new { id })).Kind);
        Assert.Empty(amazon.Requests);
    }

    [Theory]
    [InlineData(403, "SignatureDoesNotMatch", FailureKind.ReauthRequired)]
    [InlineData(403, "InvalidAccessKeyId", FailureKind.ReauthRequired)]
    [InlineData(403, "RequestTimeTooSkewed", FailureKind.Operator)]
    [InlineData(403, "AccessDenied", FailureKind.Forbidden)]
    [InlineData(404, "NoSuchBucket", FailureKind.InvalidInput)]
    public async Task A_connection_test_of_a_compatible_store_gives_the_reason(int status, string code, FailureKind kind)
    {
        await using var amazon = await AmazonDouble.Start();
        await using var store = new S3Store(new { endpoint = amazon.Address, bucket = "files" });
        amazon.Script = (_, _, context) =>
        {
            if (!HttpMethods.IsHead(context.Request.Method)) return AmazonDouble.Error(context, status, code);
            context.Response.StatusCode = status; // without a body
            return Task.FromResult(true);
        };
        var probed = await store.Probe();
        Assert.Equal(("signIn", kind), (probed.Steps[^1].Name, probed.Failure!.Kind));
    }

    /// <param name="content">The content of a page, from 1.</param>
    private static async Task<AmazonDouble> Paged(Func<int, string> content, int last = int.MaxValue)
    {
        var amazon = await AmazonDouble.Start();
        amazon.Script = async (_, _, context) =>
        {
            var token = context.Request.Query["continuation-token"].ToString();
            var page = token.Length == 0 ? 1 : int.Parse(token["next-".Length..], CultureInfo.InvariantCulture) + 1;
            var next = page == last ? "" : $"<IsTruncated>true</IsTruncated><NextContinuationToken>next-{page}</NextContinuationToken>";
            context.Response.ContentType = "application/xml";
            await context.Response.WriteAsync($"<ListBucketResult><Name>files</Name>{next}{content(page)}</ListBucketResult>");
            return true;
        };
        return amazon;
    }
}
