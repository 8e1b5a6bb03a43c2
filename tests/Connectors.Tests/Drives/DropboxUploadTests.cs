using System.Text;
using System.Text.Json;
using Connections.Connectors.Definitions.Running;
using Connections.Connectors.Dropbox;
using Connections.Domain;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using TestServers;

namespace Connectors.Tests.Drives;

/// <summary>Files that are too large for one request of Dropbox.</summary>
public sealed class DropboxUploadTests : IAsyncLifetime
{
    private const int Part = 8 * 1024 * 1024;

    private static readonly string Large = DriveBench.Content((2 * Part) + 1000);

    private readonly Dictionary<string, StringBuilder> sessions = [];
    private readonly List<(string Path, string Content)> stored = [];
    private DriveBench drive = null!;

    public async ValueTask InitializeAsync() => drive = await DriveBench.Start(
        "dropbox", Answer, Described, new Dictionary<string, string> { ["root"] = "7" }, more: services =>
            services.AddKeyedSingleton<IActivityInCode>(DropboxUpload.Key, new DropboxUpload(TimeProvider.System, largest: 1000)));

    public ValueTask DisposeAsync() => drive.DisposeAsync();

    [Fact]
    public async Task A_small_file_is_sent_by_the_definition()
    {
        await drive.Done("upload-file", Upload("a.txt", "abc"));
        Assert.Equal("/2/files/upload", Assert.Single(drive.Requests).Target);
    }

    [Fact]
    public async Task A_large_file_is_sent_in_a_session_and_shows_its_progress()
    {
        var stage = new KilledStage();
        var output = await drive.Done("upload-file", Upload("ü.txt", Large), stage);
        Assert.Equal(("id:1", "/In/ü.txt"), (output.GetProperty("id").GetString(), output.GetProperty("path").GetString()));
        Assert.Equal(Large.Length, output.GetProperty("size").GetInt32());
        IsStoredOnce("/In/ü.txt");
        Assert.Equal([0, Part, 2 * Part], stage.Progress.Select(p => p.Done));
        Assert.All(drive.Requests, r => Assert.Equal("""{".tag":"root","root":"7"}""", r.Headers["Dropbox-API-Path-Root"]));
        Assert.Contains("\\u00FC", drive.Requests[^1].Headers["Dropbox-API-Arg"], StringComparison.OrdinalIgnoreCase);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task A_killed_worker_leaves_a_session_that_another_one_completes(int save)
    {
        var stage = new KilledStage { KilledAfter = save };
        var input = Upload("a.txt", Large);
        Assert.Equal(FailureKind.Internal, (await drive.Fails("upload-file", input, stage)).Kind);
        await drive.Done("upload-file", input, stage);
        IsStoredOnce("/In/a.txt");
        Assert.Single(sessions);
    }

    [Theory]
    [InlineData("..")]
    [InlineData("../a")]
    [InlineData("a\0b")]
    public async Task A_name_that_Dropbox_does_not_take_begins_no_session(string name)
    {
        Assert.StartsWith("The name must", (await drive.Fails("upload-file", Upload(name, Large))).Message, StringComparison.Ordinal);
        Assert.Empty(drive.Requests);
    }

    [Theory]
    [InlineData("append_v2", 1)]
    [InlineData("append_v2", 2)]
    [InlineData("start", 1)]
    public async Task A_lost_answer_is_found_out_by_the_offset(string route, int lost)
    {
        var count = 0;
        drive.Fault = async (request, context) =>
        {
            if (!request.Target.EndsWith(route, StringComparison.Ordinal) || ++count != lost) return false;
            await Answer(request, new DefaultHttpContext());
            context.Abort();
            return true;
        };
        await drive.Done("upload-file", Upload("a.txt", Large), new KilledStage());
        IsStoredOnce("/In/a.txt");
    }

    [Theory]
    [InlineData("""{".tag":"not_found"}""", 2)]
    [InlineData("""{".tag":"closed"}""", 2)]
    [InlineData("""{".tag":"incorrect_offset","correct_offset":8388608}""", 1)]
    public async Task A_session_that_misbehaves_goes_on_or_is_replaced(string error, int opened)
    {
        Once("append_v2", 2, error);
        await drive.Done("upload-file", Upload("a.txt", Large), new KilledStage());
        IsStoredOnce("/In/a.txt");
        Assert.Equal(opened, sessions.Count);
    }

    [Theory]
    [InlineData("""{".tag":"path","path":{".tag":"conflict","conflict":{".tag":"file"}}}""", FailureKind.InvalidInput)]
    [InlineData("""{".tag":"path","path":{".tag":"insufficient_space"}}""", FailureKind.Forbidden)]
    [InlineData("""{".tag":"too_many_write_operations"}""", FailureKind.Throttled)]
    public async Task An_error_at_the_end_has_its_kind(string error, FailureKind kind)
    {
        Once("finish", 1, error);
        Assert.Equal(kind, (await drive.Fails("upload-file", Upload("a.txt", Large), new KilledStage())).Kind);
        Assert.Empty(stored);
    }

    // Dropbox takes a start without bytes, too.
    private static ReceivedRequest Described(ReceivedRequest request) =>
        request.Target.EndsWith("start", StringComparison.Ordinal) && request.Body == "" ? request with { Body = "a" } : request;

    private void IsStoredOnce(string path)
    {
        var (where, content) = Assert.Single(stored);
        Assert.Equal(path, where);
        Assert.True(Large == content);
    }

    private object Upload(string name, string content) => new { folder = "/In", name, file = new { id = drive.Files.Add(name, content).Id } };

    private void Once(string route, int number, string error)
    {
        var count = 0;
        drive.Fault = async (request, context) =>
        {
            if (!request.Target.EndsWith(route, StringComparison.Ordinal) || ++count != number) return false;
            await Error(context, error);
            return true;
        };
    }

    private static Task Error(HttpContext context, string error) =>
        DriveBench.Answer(context, 409, new { error_summary = "As Dropbox says/..", error = JsonSerializer.Deserialize<JsonElement>(error) });

    private async Task Answer(ReceivedRequest request, HttpContext context)
    {
        var argument = JsonSerializer.Deserialize<JsonElement>(request.Headers["Dropbox-API-Arg"]);
        if (request.Target == "/2/files/upload") await Store(context, argument, request.Body);
        else if (request.Target.EndsWith("start", StringComparison.Ordinal))
        {
            sessions[$"s{sessions.Count + 1}"] = new StringBuilder(request.Body);
            await DriveBench.Answer(context, 200, new { session_id = $"s{sessions.Count}" });
        }
        else await Continue(request, context, argument);
    }

    private async Task Continue(ReceivedRequest request, HttpContext context, JsonElement argument)
    {
        var cursor = argument.GetProperty("cursor");
        var (content, offset) = (sessions[cursor.GetProperty("session_id").GetString()!], cursor.GetProperty("offset").GetInt64());
        var finish = request.Target.EndsWith("finish", StringComparison.Ordinal);
        if (offset != content.Length)
        {
            var wrong = $$"""{".tag":"incorrect_offset","correct_offset":{{content.Length}}}""";
            await Error(context, finish ? $$"""{".tag":"lookup_failed","lookup_failed":{{wrong}}}""" : wrong);
            return;
        }

        content.Append(request.Body);
        if (finish) await Store(context, argument.GetProperty("commit"), content.ToString());
        else
        {
            context.Response.ContentType = "application/json";
            await context.Response.WriteAsync("null");
        }
    }

    private Task Store(HttpContext context, JsonElement commit, string content)
    {
        var path = commit.GetProperty("path").GetString()!;
        stored.Add((path, content));
        return DriveBench.Answer(context, 200, new
        {
            id = "id:1",
            name = path.Split('/')[^1],
            path_display = path,
            size = content.Length,
            content_hash = new string('a', 64)
        });
    }
}
