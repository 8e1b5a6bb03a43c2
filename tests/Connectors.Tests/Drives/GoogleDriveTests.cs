using System.Text.Json;
using System.Web;
using Connections.Connectors;
using Connections.Domain;
using Microsoft.AspNetCore.Http;

namespace Connectors.Tests.Drives;

public sealed class GoogleDriveTests : IAsyncLifetime
{
    private static readonly string Large = DriveBench.Content(300_000);
    private static readonly string Changed = new('x', 300_000);

    private DriveBench drive = null!;
    private GoogleDouble google = null!;

    public async ValueTask InitializeAsync() => (drive, google) = await GoogleDouble.Start();

    public ValueTask DisposeAsync() => drive.DisposeAsync();

    [Fact]
    public async Task The_account_is_recognised_by_its_permission_id()
    {
        var probed = await drive.Probe();
        Assert.Equal(("0612", "ann@demo.example"), (probed.Account!.Id, probed.Account.Display));
        Assert.Equal(new AccountIdentity("permission-id", "0612"), Assert.Single(probed.Identities));
    }

    [Fact]
    public async Task A_list_goes_on_after_empty_pages_and_ends_at_the_limit()
    {
        foreach (var id in (string[])["a", "b", "c"]) google.Files[id] = new GoogleDoubleFile($"{id}.txt", "abc");
        google.Files["d"] = new GoogleDoubleFile("d", "", "application/vnd.google-apps.folder");
        google.Pages.AddRange([["a"], [], ["b", "d"], ["c"]]);
        var first = await drive.Done("list-files", new { limit = 2 });
        Assert.Equal(["a", "b", "d"], Ids(first));
        Assert.Equal([false, false, true], first.GetProperty("files").EnumerateArray().Select(f => f.GetProperty("folder").GetBoolean()));
        var rest = await drive.Done("list-files", new { limit = 2, cursor = first.GetProperty("next").GetString() });
        Assert.Equal(["c"], Ids(rest));
        Assert.False(rest.TryGetProperty("next", out _));
    }

    [Theory]
    [InlineData("{}", "trashed = false and 'root' in parents", null)]
    [InlineData("""{"folder":"/"}""", "trashed = false and 'root' in parents", null)]
    [InlineData("""{"folder":"a'b\\c"}""", @"trashed = false and 'a\'b\\c' in parents", null)]
    [InlineData("""{"query":"it's"}""", @"trashed = false and 'root' in parents and name contains 'it\'s'", null)]
    [InlineData("""{"query":"x","vendor":{"everywhere":true}}""", "trashed = false and name contains 'x'", null)]
    [InlineData("""{"vendor":{"drive":"d1"}}""", "trashed = false and 'd1' in parents", "d1")]
    [InlineData("""{"folder":"f1","vendor":{"drive":"d1"}}""", "trashed = false and 'f1' in parents", "d1")]
    public async Task A_list_asks_in_the_words_of_Google(string input, string query, string? shared)
    {
        await drive.Done("list-files", JsonSerializer.Deserialize<JsonElement>(input));
        var sent = HttpUtility.ParseQueryString(drive.Requests[^1].Target.Split('?')[1]);
        Assert.Equal((query, shared, shared is null ? "user" : "drive"), (sent["q"], sent["driveId"], sent["corpora"]));
    }

    [Fact]
    public async Task A_path_is_refused_in_words() =>
        Assert.Contains("by their ids", (await drive.Fails("list-files", new { folder = "/a/b" })).Message, StringComparison.Ordinal);

    [Fact]
    public async Task A_file_is_fetched_also_through_a_shortcut()
    {
        google.Files["a"] = new GoogleDoubleFile("a.txt", Large);
        google.Files["s"] = new GoogleDoubleFile("to a", "", "application/vnd.google-apps.shortcut", "a");
        foreach (var id in (string[])["a", "s"])
        {
            var file = (await drive.Done("fetch-file", new { id })).GetProperty("file");
            Assert.Equal(("a.txt", "text/plain"), (file.GetProperty("name").GetString(), file.GetProperty("contentType").GetString()));
            Assert.Equal(Large.Length, file.GetProperty("size").GetInt32());
            Assert.True(Large == drive.Files.Text(file.GetProperty("id").GetGuid()));
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)] // the whole file again
    public async Task A_broken_transfer_goes_on(bool ranges)
    {
        google.Files["a"] = new GoogleDoubleFile("a.txt", Large);
        var count = 0;
        drive.Fault = async (request, context) =>
        {
            if (!request.Target.Contains("alt=media", StringComparison.Ordinal)) return false;
            if (++count <= 2 && ranges) await Broken(request.Headers.GetValueOrDefault("Range"), context);
            else if (count == 1) await DriveBench.Break(context, Large, 100_000);
            else if (ranges) return false;
            else await context.Response.WriteAsync(Large);
            return true;
        };
        var file = (await drive.Done("fetch-file", new { id = "a" })).GetProperty("file");
        Assert.True(Large == drive.Files.Text(file.GetProperty("id").GetGuid()));
        Assert.Equal(1, drive.Files.Count);
    }

    [Fact]
    public async Task A_file_that_changes_between_two_parts_is_not_stored()
    {
        google.Files["a"] = new GoogleDoubleFile("a.txt", Large);
        var broken = false;
        drive.Fault = async (request, context) =>
        {
            if (broken || !request.Target.Contains("alt=media", StringComparison.Ordinal)) return false;
            broken = true;
            await DriveBench.Break(context, Large, 100_000);
            google.Files["a"] = new GoogleDoubleFile("a.txt", Changed);
            return true;
        };
        var file = (await drive.Done("fetch-file", new { id = "a" })).GetProperty("file"); // the runner fetches it once more, as a whole
        Assert.True(Changed == drive.Files.Text(file.GetProperty("id").GetGuid()));
        Assert.Equal(1, drive.Files.Count);
    }

    [Theory]
    [InlineData("document", null, "d.docx", "wordprocessingml.document")]
    [InlineData("spreadsheet", "csv", "d.csv", "text/csv")]
    [InlineData("document", "pdf", "d.pdf", "application/pdf")]
    public async Task A_Google_document_is_exported_in_a_format(string type, string? format, string name, string exported)
    {
        google.Files["d"] = new GoogleDoubleFile("d", "text", $"application/vnd.google-apps.{type}");
        var file = (await drive.Done("fetch-file", format is null ? new { id = "d" } : new { id = "d", vendor = new { format } })).GetProperty("file");
        Assert.Equal(name, file.GetProperty("name").GetString());
        Assert.EndsWith(exported, file.GetProperty("contentType").GetString(), StringComparison.Ordinal);
        Assert.StartsWith("text as ", drive.Files.Text(file.GetProperty("id").GetGuid()), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("application/vnd.google-apps.folder", "folder")]
    [InlineData("application/vnd.google-apps.form", "vendor.format")]
    public async Task What_has_no_content_is_refused_in_words(string type, string word)
    {
        google.Files["d"] = new GoogleDoubleFile("d", "", type);
        var failed = await drive.Fails("fetch-file", new { id = "d" });
        Assert.Equal(FailureKind.InvalidInput, failed.Kind);
        Assert.Contains(word, failed.Message, StringComparison.Ordinal);
        Assert.Equal(0, drive.Files.Count);
    }

    [Fact]
    public async Task A_file_goes_to_the_trash_unless_permanent_is_asked_for()
    {
        google.Files["a"] = new GoogleDoubleFile("a.txt", "abc");
        await drive.Done("delete-file", new { id = "a" });
        Assert.True(google.Files["a"].Trashed);
        await drive.Done("delete-file", new { id = "a", vendor = new { permanent = true } });
        Assert.Empty(google.Files);
        Assert.Equal("a", (await drive.Done("delete-file", new { id = "a" })).GetProperty("id").GetString());
    }

    [Fact]
    public async Task A_folder_is_not_deleted_as_a_file()
    {
        google.Files["d"] = new GoogleDoubleFile("d", "", "application/vnd.google-apps.folder");
        Assert.Equal(FailureKind.InvalidInput, (await drive.Fails("delete-file", new { id = "d" })).Kind);
        Assert.False(google.Files["d"].Trashed);
    }

    [Theory]
    [InlineData("..")]
    [InlineData("a/../b")]
    [InlineData("a\0")]
    public async Task An_id_that_leads_elsewhere_is_refused(string id)
    {
        var failed = await drive.Fails("fetch-file", new { id });
        Assert.True(failed.Kind is FailureKind.InvalidInput or FailureKind.NotFound, $"{failed.Kind}");
        Assert.All(drive.Requests, r => Assert.StartsWith("/drive/v3/files/", r.Target, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(403, "rateLimitExceeded", FailureKind.Throttled)]
    [InlineData(403, "downloadQuotaExceeded", FailureKind.Throttled)]
    [InlineData(403, "accessNotConfigured", FailureKind.Operator)]
    [InlineData(403, "insufficientFilePermissions", FailureKind.Forbidden)]
    [InlineData(403, "cannotDownloadAbusiveFile", FailureKind.Forbidden)]
    [InlineData(403, "exportSizeLimitExceeded", FailureKind.InvalidInput)]
    [InlineData(404, "notFound", FailureKind.NotFound)]
    [InlineData(429, "rateLimitExceeded", FailureKind.Throttled)]
    [InlineData(500, "backendError", FailureKind.Unavailable)]
    public async Task An_error_has_its_kind(int status, string reason, FailureKind kind)
    {
        drive.Fault = async (_, context) =>
        {
            await GoogleDouble.Error(context, status, reason);
            return true;
        };
        Assert.Equal(kind, (await drive.Fails("list-files", new { })).Kind);
    }

    private static Task Broken(string? range, HttpContext context)
    {
        var from = range is null ? 0 : int.Parse(range["bytes=".Length..^1], null);
        if (range is not null)
            (context.Response.StatusCode, context.Response.Headers.ContentRange) = (206, $"bytes {from}-{Large.Length - 1}/{Large.Length}");
        return DriveBench.Break(context, Large[from..], 100_000);
    }

    private static string?[] Ids(JsonElement output) => [.. output.GetProperty("files").EnumerateArray().Select(f => f.GetProperty("id").GetString())];
}
