using Connections.Connectors;
using Connections.Domain;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Time.Testing;

namespace Connectors.Tests.Drives;

public sealed class OneDriveUploadTests : IAsyncLifetime
{
    private const int Part = 32 * 327_680;

    private static readonly string Large = DriveBench.Content((2 * Part) + 1000);

    private DriveBench drive = null!;
    private OneDriveDouble graph = null!;

    public async ValueTask InitializeAsync() => (drive, graph) = await OneDriveDouble.Start();

    public async ValueTask DisposeAsync()
    {
        await drive.DisposeAsync();
        await graph.DisposeAsync();
    }

    [Theory]
    [InlineData("")]
    [InlineData("abc")]
    public async Task A_small_file_is_sent_in_one_request(string content)
    {
        var output = await drive.Done("upload-file", Upload("a.txt", content));
        Assert.Equal(("new-1", content.Length), (output.GetProperty("id").GetString(), output.GetProperty("size").GetInt32()));
        Assert.Single(drive.Requests);
    }

    [Fact]
    public async Task A_name_that_is_taken_is_refused_or_replaced()
    {
        graph.Files["old"] = ("a.txt", "old");
        Assert.Contains("another file", (await drive.Fails("upload-file", Upload("a.txt", "new"))).Message, StringComparison.Ordinal);
        Assert.Equal(FailureKind.InvalidInput, (await drive.Fails("upload-file", Upload("a.txt", Large))).Kind);
        await drive.Done("upload-file", Upload("a.txt", "new", replace: true));
        Assert.Equal("new", Assert.Single(graph.Files).Value.Content);
    }

    [Fact]
    public async Task A_large_file_is_sent_in_parts_and_shows_its_progress()
    {
        var stage = new KilledStage();
        await drive.Done("upload-file", Upload("a.txt", Large), stage);
        Assert.True(Large == Assert.Single(graph.Files).Value.Content);
        Assert.Equal([0, Part, 2 * Part], stage.Progress.Select(p => p.Done));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task A_killed_worker_leaves_one_file_that_another_one_completes(int save)
    {
        var stage = new KilledStage { KilledAfter = save };
        var input = Upload("a.txt", Large);
        Assert.Equal(FailureKind.Internal, (await drive.Fails("upload-file", input, stage)).Kind);
        await drive.Done("upload-file", input, stage);
        Assert.True(Large == Assert.Single(graph.Files).Value.Content);
        Assert.Equal(1, graph.Sessions);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)] // the last part: the session is over, and the file is there
    public async Task A_lost_answer_makes_no_second_file(int lost)
    {
        var count = 0;
        graph.Fault = async (request, context) =>
        {
            if (request.Method != "PUT" || ++count != lost) return false;
            await graph.Bytes(request, new DefaultHttpContext());
            context.Abort();
            return true;
        };
        await drive.Done("upload-file", Upload("a.txt", Large), new KilledStage());
        Assert.True(Large == Assert.Single(graph.Files).Value.Content);
        Assert.Equal(1, graph.Sessions);
    }

    [Theory]
    [InlineData(416, 1)]
    [InlineData(500, 1)]
    [InlineData(404, 2)]
    public async Task A_session_that_misbehaves_once_goes_on_or_is_replaced(int status, int sessions)
    {
        Once(2, context => DriveBench.Answer(context, status));
        await drive.Done("upload-file", Upload("a.txt", Large), new KilledStage());
        Assert.True(Large == Assert.Single(graph.Files).Value.Content);
        Assert.Equal(sessions, graph.Sessions);
    }

    [Theory]
    [InlineData(401)]
    [InlineData(404)]
    [InlineData(410)]
    public async Task A_session_that_has_expired_is_replaced_and_says_nothing_about_the_sign_in(int status)
    {
        var stage = new KilledStage { KilledAfter = 2 };
        var input = Upload("a.txt", Large);
        await drive.Fails("upload-file", input, stage);
        var count = 0;
        graph.Fault = (request, context) => Is(request.Method == "GET" && ++count == 1, () => DriveBench.Answer(context, status));
        await drive.Done("upload-file", input, stage);
        Assert.True(Large == Assert.Single(graph.Files).Value.Content);
        Assert.Equal(2, graph.Sessions);
    }

    [Theory]
    [InlineData("abc")]
    [InlineData(null)] // a large file
    public async Task A_folder_that_is_deleted_meanwhile_is_not_found(string? content)
    {
        drive.Fault = (_, context) => Is(true, () => OneDriveDouble.Error(context, 404, "itemNotFound"));
        Assert.Equal(FailureKind.NotFound, (await drive.Fails("upload-file", Upload("a.txt", content ?? Large))).Kind);
        Assert.Empty(graph.Files);
    }

    [Fact]
    public async Task No_answer_of_an_upload_session_rejects_the_sign_in()
    {
        graph.Fault = async (request, context) =>
        {
            if (request.Method == "PUT") await OneDriveDouble.Error(context, 401, "unauthenticated");
            return request.Method == "PUT";
        };
        var failed = await drive.Fails("upload-file", Upload("a.txt", Large), new KilledStage());
        Assert.Equal(FailureKind.Unavailable, failed.Kind);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    public async Task An_old_file_of_the_same_size_is_not_taken_for_the_new_one(int save)
    {
        graph.Files["old"] = ("a.txt", new string('o', Large.Length));
        var stage = new KilledStage { KilledAfter = save };
        var input = Upload("a.txt", Large, replace: true);
        await drive.Fails("upload-file", input, stage);
        var count = 0;
        graph.Fault = (request, context) => Is(request.Method == "GET" && ++count == 1, () => DriveBench.Answer(context, 404));
        await drive.Done("upload-file", input, stage);
        Assert.True(Large == Assert.Single(graph.Files).Value.Content);
    }

    [Theory]
    [InlineData(429, "activityLimitReached", FailureKind.Throttled)]
    [InlineData(507, "quotaLimitReached", FailureKind.Forbidden)]
    [InlineData(409, "nameAlreadyExists", FailureKind.InvalidInput)]
    public async Task An_error_in_the_middle_has_its_kind_and_quotes_no_session(int status, string code, FailureKind kind)
    {
        var stage = new KilledStage();
        Once(2, context => OneDriveDouble.Error(context, status, code));
        var failed = await drive.Fails("upload-file", Upload("a.txt", Large), stage);
        Assert.Equal(kind, failed.Kind);
        Assert.DoesNotContain("canary-session-55", failed.ToString(), StringComparison.Ordinal);
        if (kind != FailureKind.Throttled) return;
        await drive.Done("upload-file", Upload("a.txt", Large), stage);
        Assert.Equal((1, 1), (graph.Files.Count, graph.Sessions));
    }

    [Fact]
    public async Task An_upload_that_takes_longer_than_an_attempt_goes_on_later()
    {
        var clock = new FakeTimeProvider();
        var (slow, double2) = await OneDriveDouble.Start(clock);
        await using var first = slow;
        await using var second = double2;
        double2.Fault = (_, _) =>
        {
            clock.Advance(TimeSpan.FromSeconds(45));
            return Task.FromResult(false);
        };
        var (stage, input) = (new KilledStage(), new { name = "a.txt", file = new { id = slow.Files.Add("a.txt", Large).Id } });
        Assert.IsType<ConnectorResult.Pending>(await slow.Run("upload-file", input, stage));
        Assert.Equal(Part, stage.Progress[^1].Done);
        double2.Fault = null;
        await slow.Done("upload-file", input, stage);
        Assert.True(Large == Assert.Single(double2.Files).Value.Content);
    }

    [Theory]
    [InlineData("a\u202Egnp.exe")]
    [InlineData("#50% off.txt")]
    [InlineData("-rf 😀")]
    public async Task A_name_comes_back_the_same(string name)
    {
        var output = await drive.Done("upload-file", Upload(name, "abc"));
        Assert.Equal((name, name), (output.GetProperty("name").GetString(), Assert.Single(graph.Files).Value.Name));
    }

    [Theory]
    [InlineData("../a")]
    [InlineData("..")]
    [InlineData("a\0b")]
    [InlineData("a.")]
    [InlineData(" a")]
    [InlineData("a:b")]
    [InlineData(null)] // 300 characters
    public async Task A_name_that_OneDrive_does_not_take_is_refused_in_words(string? name)
    {
        var file = drive.Files.Add(name ?? new string('n', 300), "abc");
        Assert.StartsWith("The name must", (await drive.Fails("upload-file", new { file = new { id = file.Id } })).Message, StringComparison.Ordinal);
        Assert.Empty(drive.Requests);
    }

    private object Upload(string name, string content, bool replace = false) =>
        new { name, file = new { id = drive.Files.Add(name, content).Id }, replace };

    private void Once(int number, Func<HttpContext, Task> answer)
    {
        var count = 0;
        graph.Fault = (request, context) => Is(request.Method == "PUT" && ++count == number, () => answer(context));
    }

    private static async Task<bool> Is(bool faulty, Func<Task> answer)
    {
        if (faulty) await answer();
        return faulty;
    }
}
