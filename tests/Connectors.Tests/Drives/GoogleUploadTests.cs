using Connections.Domain;
using Microsoft.AspNetCore.Http;
using TestServers;

namespace Connectors.Tests.Drives;

public sealed class GoogleUploadTests : IAsyncLifetime
{
    private const int Part = 8 * 1024 * 1024;

    private static readonly string Large = DriveBench.Content(2 * Part + 1000);

    private DriveBench drive = null!;
    private GoogleDouble google = null!;

    public async ValueTask InitializeAsync() => (drive, google) = await GoogleDouble.Start();

    public ValueTask DisposeAsync() => drive.DisposeAsync();

    [Fact]
    public async Task A_small_file_is_sent_in_one_request()
    {
        var output = await drive.Done("upload-file", Upload("a.txt", "abc"));
        Assert.Equal(("new-1", "a.txt"), (output.GetProperty("id").GetString(), output.GetProperty("name").GetString()));
        Assert.Equal(3, output.GetProperty("size").GetInt32());
        Assert.Equal(new GoogleDoubleFile("a.txt", "abc"), Assert.Single(google.Files).Value);
        Assert.Contains("\"parents\":[\"root\"]", drive.Requests[^1].Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_large_file_is_sent_in_parts_and_shows_its_progress()
    {
        var stage = new KilledStage();
        await drive.Done("upload-file", Upload("a.txt", Large), stage);
        Assert.True(Large == Assert.Single(google.Files).Value.Content);
        Assert.Equal([0, 0, Part, 2 * Part], stage.Progress.Select(p => p.Done));
        Assert.All(stage.Progress, p => Assert.Equal((Large.Length, "bytes"), (p.Total, p.Unit)));
        Assert.All(Puts, put => Assert.False(put.Headers.ContainsKey("Authorization")));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public async Task A_killed_worker_leaves_one_file_that_another_one_completes(int save)
    {
        var stage = new KilledStage { KilledAfter = save };
        var input = Upload("a.txt", Large);
        Assert.Equal(FailureKind.Internal, (await drive.Fails("upload-file", input, stage)).Kind);
        Assert.Empty(google.Files);
        await drive.Done("upload-file", input, stage);
        Assert.True(Large == Assert.Single(google.Files).Value.Content);
        Assert.Equal(1, google.Sessions);
    }

    [Theory]
    [InlineData("a.txt", "abc", 1)]
    [InlineData("a.txt", null, 1)]
    [InlineData("a.txt", null, 3)]
    public async Task A_lost_answer_makes_no_second_file(string name, string? content, int lost)
    {
        var count = 0;
        drive.Fault = async (request, context) =>
        {
            if (request.Method == "GET" || (content is null && request.Method != "PUT") || ++count != lost) return false;
            await google.Answer(request, new DefaultHttpContext());
            context.Abort();
            return true;
        };
        await drive.Done("upload-file", Upload(name, content ?? Large), new KilledStage());
        Assert.True((content ?? Large) == Assert.Single(google.Files).Value.Content);
    }

    [Theory]
    [InlineData(308)] // without a range: nothing has arrived
    [InlineData(416)]
    [InlineData(500)]
    [InlineData(503)]
    public async Task A_session_that_misbehaves_once_goes_on(int status)
    {
        Once("PUT", 2, context => DriveBench.Answer(context, status));
        await drive.Done("upload-file", Upload("a.txt", Large), new KilledStage());
        Assert.True(Large == Assert.Single(google.Files).Value.Content);
    }

    [Theory]
    [InlineData(404)]
    [InlineData(410)]
    public async Task An_expired_session_is_replaced_by_another_for_the_same_file(int status)
    {
        Once("PUT", 2, context => DriveBench.Answer(context, status));
        await drive.Done("upload-file", Upload("a.txt", Large), new KilledStage());
        Assert.Equal(("new-1", 2), (Assert.Single(google.Files).Key, google.Sessions));
    }

    [Fact]
    public async Task A_session_that_never_moves_ends_the_attempt()
    {
        drive.Fault = (request, context) => Is(request.Method == "PUT", () => DriveBench.Answer(context, 308));
        Assert.Equal(FailureKind.Unavailable, (await drive.Fails("upload-file", Upload("a.txt", Large))).Kind);
    }

    [Theory]
    [InlineData(403, "userRateLimitExceeded", FailureKind.Throttled)]
    [InlineData(403, "storageQuotaExceeded", FailureKind.Forbidden)]
    [InlineData(400, "badRequest", FailureKind.InvalidInput)]
    public async Task An_error_in_the_middle_has_its_kind_and_quotes_no_session(int status, string reason, FailureKind kind)
    {
        var stage = new KilledStage();
        Once("PUT", 2, context => DriveBench.Answer(
            context, status, new { error = new { code = status, message = drive.Requests[^1].Target, errors = new[] { new { reason } } } }));
        var failed = await drive.Fails("upload-file", Upload("a.txt", Large), stage);
        Assert.Equal(kind, failed.Kind);
        Assert.DoesNotContain("canary-session-55", failed.ToString(), StringComparison.Ordinal);
        if (kind != FailureKind.Throttled) return;
        await drive.Done("upload-file", Upload("a.txt", Large), stage);
        Assert.Equal((1, 1), (google.Files.Count, google.Sessions));
    }

    [Fact]
    public async Task A_folder_that_is_deleted_meanwhile_is_not_found()
    {
        Once("POST", 1, context => GoogleDouble.Error(context, 404, "notFound"));
        Assert.Equal(FailureKind.NotFound, (await drive.Fails("upload-file", Upload("a.txt", Large, folder: "f1"))).Kind);
    }

    [Fact]
    public async Task A_name_that_is_taken_is_refused_or_replaced()
    {
        google.Files["old"] = new GoogleDoubleFile("a.txt", "old");
        Assert.Equal(FailureKind.InvalidInput, (await drive.Fails("upload-file", Upload("a.txt", "new"))).Kind);
        await drive.Done("upload-file", Upload("a.txt", "new", replace: true));
        Assert.Equal(new GoogleDoubleFile("a.txt", "new"), Assert.Single(google.Files).Value);
        await drive.Done("upload-file", Upload("a.txt", Large, replace: true), new KilledStage { KilledAfter = null });
        Assert.Equal(("old", Large.Length), (Assert.Single(google.Files).Key, google.Files["old"].Content.Length));
        google.Files["second"] = new GoogleDoubleFile("a.txt", "b");
        Assert.Contains("Several files", (await drive.Fails("upload-file", Upload("a.txt", "new", replace: true))).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("../a")]
    [InlineData("a\u202Egnp.exe")]
    [InlineData("#50% of 'it\\'?.txt")]
    [InlineData("-rf 😀")]
    [InlineData("..")]
    [InlineData(null)] // 300 characters
    public async Task A_name_comes_back_the_same(string? name)
    {
        name ??= new string('n', 300);
        var file = drive.Files.Add(name, "abc");
        var output = await drive.Done("upload-file", new { file = new { id = file.Id } });
        Assert.Equal((name, name), (output.GetProperty("name").GetString(), Assert.Single(google.Files).Value.Name));
    }

    [Theory]
    [InlineData("a\0b")]
    [InlineData("a\nb")]
    [InlineData(" ")]
    public async Task A_name_that_is_no_name_is_refused_in_words(string name)
    {
        var file = drive.Files.Add(name, "abc");
        Assert.StartsWith("The name must not", (await drive.Fails("upload-file", new { file = new { id = file.Id } })).Message, StringComparison.Ordinal);
        Assert.Empty(drive.Requests);
    }

    private IEnumerable<ReceivedRequest> Puts => drive.Requests.Where(r => r.Method == "PUT");

    private object Upload(string name, string content, string? folder = null, bool replace = false)
    {
        var file = new { id = drive.Files.Add(name, content).Id };
        return folder is null ? new { name, file, replace } : new { name, file, folder };
    }

    private void Once(string method, int number, Func<HttpContext, Task> answer)
    {
        var count = 0;
        drive.Fault = (request, context) => Is(request.Method == method && ++count == number, () => answer(context));
    }

    private static async Task<bool> Is(bool faulty, Func<Task> answer)
    {
        if (faulty) await answer();
        return faulty;
    }
}
