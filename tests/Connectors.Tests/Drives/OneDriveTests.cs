using System.Collections.Specialized;
using System.Text.Json;
using System.Web;
using Connections.Connectors;
using Connections.Connectors.Pipeline;
using Connections.Domain;
using Microsoft.AspNetCore.Http;
using TestServers;

namespace Connectors.Tests.Drives;

public sealed class OneDriveTests : IAsyncLifetime
{
    private static readonly string Large = DriveBench.Content(7_000_000);

    private DriveBench drive = null!;
    private OneDriveDouble graph = null!;

    public async ValueTask InitializeAsync() => (drive, graph) = await OneDriveDouble.Start();

    public async ValueTask DisposeAsync()
    {
        await drive.DisposeAsync();
        await graph.DisposeAsync();
    }

    [Fact]
    public async Task The_sign_in_keeps_the_drive()
    {
        var probed = await drive.Probe();
        Assert.Equal(("u1", "ann@demo.example", "d1"), (probed.Account!.Id, probed.Account.Display, probed.Kept["drive"]));
    }

    [Theory]
    [InlineData("{}", "/v1.0/drives/d1/root/children")]
    [InlineData("""{"folder":"/"}""", "/v1.0/drives/d1/root/children")]
    [InlineData("""{"folder":"A!s1"}""", "/v1.0/drives/d1/items/A!s1/children")]
    [InlineData("""{"folder":"/a #1/b%"}""", "/v1.0/drives/d1/root:/a #1/b%:/children")]
    [InlineData("""{"vendor":{"drive":"b!2"}}""", "/v1.0/drives/b!2/root/children")]
    [InlineData("""{"query":"it's","vendor":{"everywhere":true}}""", "/v1.0/drives/d1/root/search(q='it''s')")]
    public async Task A_list_asks_in_the_words_of_Graph(string input, string path)
    {
        drive.Fault = (_, context) => Is(true, () => DriveBench.Answer(context, 200, new { value = Array.Empty<object>() }));
        await drive.Done("list-files", JsonSerializer.Deserialize<JsonElement>(input));
        Assert.Equal(path, drive.Requests[^1].Target.Split('?')[0]);
    }

    [Fact]
    public async Task Further_pages_are_followed_at_Graph_only()
    {
        graph.Files["a"] = ("a.txt", "abc");
        drive.Fault = (request, context) => Is(!request.Target.Contains("skiptoken", StringComparison.Ordinal), () => DriveBench.Answer(
            context,
            200,
            new Dictionary<string, object>
            {
                ["value"] = Array.Empty<object>(),
                ["@odata.nextLink"] = $"{drive.Address}/v1.0/drives/d1/root/children?%24skiptoken=2"
            }));
        var output = Assert.IsType<ConnectorResult.Done>(await drive.Run("list-files", new { })).Output;
        var file = Assert.Single(output.GetProperty("files").EnumerateArray());
        Assert.Equal(("a", "/a b/a.txt"), (file.GetProperty("id").GetString(), file.GetProperty("path").GetString()));
        Assert.Equal(FailureKind.InvalidInput, (await drive.Fails("list-files", new { cursor = "http://127.0.0.1:1/v1.0/me" })).Kind);
    }

    [Theory]
    [InlineData(1, null)]
    [InlineData(2, null)]
    [InlineData(3, null)]
    [InlineData(4, null)]
    [InlineData(7, null)]
    [InlineData(1, "b")]
    [InlineData(2, "b")]
    [InlineData(5, "b")]
    public async Task A_list_has_no_more_files_than_its_limit_and_goes_on_without_a_gap(int limit, string? query)
    {
        drive.Fault = (request, context) => Is(true, () => Page(context, Query(request)["$skiptoken"]));
        var (names, cursor) = (new List<string>(), "");
        do
        {
            var result = await drive.Run("list-files", query is null ? new { limit, cursor } : new { limit, cursor, query });
            var page = Assert.IsType<ConnectorResult.Done>(result).Output;
            var found = page.GetProperty("files").EnumerateArray().Select(file => file.GetProperty("name").GetString()!).ToArray();
            Assert.InRange(found.Length, 1, limit);
            names.AddRange(found);
            cursor = page.TryGetProperty("next", out var next) ? next.GetString()! : "";
        }
        while (cursor.Length > 0);
        Assert.Equal(query is null ? ["1a", "1b", "1c", "2a", "2b", "2c"] : ["1b", "2b"], names);
        Assert.Equal($"{limit}", Query(drive.Requests[0])["$top"]);
    }

    [Theory]
    [InlineData("a")]
    [InlineData("/a.txt")]
    public async Task A_file_is_fetched_from_another_host_without_the_token(string id)
    {
        graph.Files["a"] = ("a.txt", Large);
        var file = (await drive.Done("fetch-file", new { id })).GetProperty("file");
        Assert.Equal(("a.txt", Large.Length), (file.GetProperty("name").GetString(), file.GetProperty("size").GetInt32()));
        Assert.True(Large == drive.Files.Text(file.GetProperty("id").GetGuid()));
        Assert.Single(graph.BytesRequests);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)] // the whole file again
    public async Task A_broken_transfer_goes_on_at_the_other_host(bool ranges)
    {
        graph.Files["a"] = ("a.txt", Large);
        var count = 0;
        graph.Fault = (request, context) => Is(
            ++count == 1 || !ranges,
            () => count == 1 ? DriveBench.Break(context, Large, 5_000_000) : context.Response.WriteAsync(Large));
        var file = (await drive.Done("fetch-file", new { id = "a" })).GetProperty("file");
        Assert.True(Large == drive.Files.Text(file.GetProperty("id").GetGuid()));
        Assert.NotEqual("", graph.BytesRequests[^1].Headers["Range"]);
    }

    [Theory]
    [InlineData(401)]
    [InlineData(404)]
    [InlineData(503)]
    public async Task A_download_address_that_fails_rejects_no_credentials(int status)
    {
        graph.Files["a"] = ("a.txt", Large);
        graph.Fault = (_, context) => Is(true, () => DriveBench.Answer(context, status));
        var failed = await drive.Fails("fetch-file", new { id = "a" });
        Assert.Equal(FailureKind.Unavailable, failed.Kind);
        Assert.DoesNotContain("canary-session-55", failed.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("folder", "folder")]
    [InlineData("package", "notebook")]
    public async Task What_has_no_content_is_refused_in_words(string facet, string word)
    {
        drive.Fault = (_, context) => Is(true, () => DriveBench.Answer(
            context, 200, new Dictionary<string, object> { ["id"] = "n", ["name"] = "Notes", [facet] = new { type = "oneNote" } }));
        var failed = await drive.Fails("fetch-file", new { id = "n" });
        Assert.Equal(FailureKind.InvalidInput, failed.Kind);
        Assert.Contains(word, failed.Message, StringComparison.Ordinal);
        Assert.Equal(0, drive.Files.Count);
    }

    [Fact]
    public async Task A_file_that_changes_between_two_parts_is_fetched_anew()
    {
        graph.Files["a"] = ("a.txt", Large);
        var changed = new string('x', Large.Length);
        graph.Fault = async (_, context) =>
        {
            if (graph.Files["a"].Content != Large) return false;
            await DriveBench.Break(context, Large, 5_000_000);
            graph.Files["a"] = ("a.txt", changed);
            return true;
        };
        var file = (await drive.Done("fetch-file", new { id = "a" })).GetProperty("file");
        Assert.True(changed == drive.Files.Text(file.GetProperty("id").GetGuid()));
        Assert.Equal(1, drive.Files.Count);
    }

    [Fact]
    public async Task A_file_is_deleted_only_as_it_was_looked_up()
    {
        graph.Files["a"] = ("a.txt", "abc");
        await drive.Done("delete-file", new { id = "/a.txt" });
        Assert.Equal("\"a-3-a\"", drive.Requests[^1].Headers["If-Match"]);
        Assert.Equal("/a.txt", (await drive.Done("delete-file", new { id = "/a.txt" })).GetProperty("id").GetString());
    }

    [Theory]
    [InlineData(404, "itemNotFound", FailureKind.NotFound)]
    [InlineData(412, "resourceModified", FailureKind.InvalidInput)]
    [InlineData(423, "resourceLocked", FailureKind.Unavailable)]
    [InlineData(429, "activityLimitReached", FailureKind.Throttled)]
    [InlineData(400, "invalidPath", FailureKind.InvalidInput)]
    [InlineData(403, "accessDenied", FailureKind.Forbidden)]
    [InlineData(410, "resyncRequired", FailureKind.InvalidInput)]
    public async Task An_error_has_its_kind(int status, string code, FailureKind kind)
    {
        drive.Fault = (_, context) => Is(true, () => OneDriveDouble.Error(context, status, code));
        Assert.Equal(kind, (await drive.Fails("list-files", new { })).Kind);
        Assert.InRange(drive.Requests.Count, 1, 1 + ShortRetries.MaxRetries);
    }

    private static NameValueCollection Query(ReceivedRequest request) => HttpUtility.ParseQueryString(request.Target.Split('?')[1]);

    private Task Page(HttpContext context, string? token)
    {
        var page = token ?? "1";
        var value = ((string[])["a", "b", "c"]).Select(name => new { id = page + name, name = page + name, file = new { } });
        return DriveBench.Answer(context, 200, page == "2" ? new { value } : new Dictionary<string, object>
        {
            ["value"] = value,
            ["@odata.nextLink"] = $"{drive.Address}/v1.0/drives/d1/root/children?%24skiptoken=2"
        });
    }

    private static async Task<bool> Is(bool faulty, Func<Task> answer)
    {
        if (faulty) await answer();
        return faulty;
    }
}
