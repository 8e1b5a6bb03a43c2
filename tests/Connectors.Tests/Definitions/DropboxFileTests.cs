using System.Text.Json;
using Connections.Connectors;
using Connections.Domain;

namespace Connectors.Tests.Definitions;

/// <summary>Files that the definition of Dropbox uploads and fetches.</summary>
public sealed class DropboxFileTests
{
    [Theory]
    [InlineData("""{".tag":"path","reason":{".tag":"conflict","conflict":{".tag":"file"}},"upload_session_id":"x"}""", FailureKind.InvalidInput)]
    [InlineData("""{".tag":"path","reason":{".tag":"disallowed_name"},"upload_session_id":"x"}""", FailureKind.InvalidInput)]
    [InlineData("""{".tag":"path","reason":{".tag":"insufficient_space"},"upload_session_id":"x"}""", FailureKind.Forbidden)]
    [InlineData("""{".tag":"path","reason":{".tag":"no_write_permission"},"upload_session_id":"x"}""", FailureKind.Forbidden)]
    [InlineData("""{".tag":"path","reason":{".tag":"too_many_write_operations"},"upload_session_id":"x"}""", FailureKind.Throttled)]
    [InlineData("""{".tag":"payload_too_large"}""", FailureKind.InvalidInput)]
    public async Task An_error_of_an_upload_has_its_kind(string error, FailureKind kind)
    {
        await using var dropbox = await Start((409, $$"""{"error":{{error}}}"""));
        Assert.Equal(kind, Assert.IsType<ConnectorResult.Failed>(await Upload(dropbox, new { file = Small })).Kind);
    }

    [Theory]
    [InlineData("""{"error":{".tag":"path","path":{".tag":"not_found"}}}""", FailureKind.NotFound)]
    [InlineData("""{"error":{".tag":"unsupported_file"}}""", FailureKind.InvalidInput)]
    public async Task An_error_of_a_download_has_its_kind(string body, FailureKind kind)
    {
        await using var dropbox = await Start((409, body));
        Assert.Equal(kind, Assert.IsType<ConnectorResult.Failed>(await dropbox.Run("fetch-file", new { id = "/a.pdf" }, new { }, "oauth")).Kind);
    }

    [Theory]
    [InlineData(null, null, false, """{"path":"/a.txt","mode":"add","autorename":false}""")]
    [InlineData("/", "b.txt", true, """{"path":"/b.txt","mode":"overwrite","autorename":false}""")]
    [InlineData("id:1", null, false, """{"path":"id:1/a.txt","mode":"add","autorename":false}""")]
    [InlineData("/In", "ü.txt", false, """{"path":"/In/\u00fc.txt","mode":"add","autorename":false}""")]
    public async Task A_file_is_uploaded_into_a_folder(string? folder, string? name, bool replace, string argument)
    {
        await using var dropbox = await Start((200, """{"id":"id:1","name":"a.txt","path_display":"/a.txt","size":3,"content_hash":"abababababababababababababababababababababababababababababababab"}"""));
        var input = new Dictionary<string, object> { ["file"] = Small, ["replace"] = replace };
        if (folder is not null) input["folder"] = folder;
        if (name is not null) input["name"] = name;
        Assert.IsType<ConnectorResult.Done>(await Upload(dropbox, input));
        Assert.Equal(["POST /2/files/upload"], dropbox.Requests);
        Assert.Equal((argument, "abc"), (dropbox.Headers.Single()["Dropbox-API-Arg"], dropbox.Bodies.Single()));
    }

    [Theory]
    [InlineData("a/b")]
    [InlineData("../a")]
    [InlineData("..")]
    [InlineData(".")]
    [InlineData("a\0b")]
    [InlineData("a\nb")]
    [InlineData(null)] // 300 characters
    public async Task A_name_that_Dropbox_does_not_take_is_rejected_in_words(string? name)
    {
        await using var dropbox = await Start((200, "{}"));
        name ??= new string('n', 300);
        var failed = Assert.IsType<ConnectorResult.Failed>(await Upload(dropbox, new { file = Small, name }));
        Assert.Equal((FailureKind.InvalidInput, Delivered.No), (failed.Kind, failed.Delivered));
        Assert.StartsWith("The name must", failed.Message, StringComparison.Ordinal);
        Assert.Empty(dropbox.Requests);
    }

    [Theory]
    [InlineData("a\u202Egnp.exe")]
    [InlineData("#50% off.txt")]
    [InlineData("-rf \U0001F600")]
    [InlineData("it's \"a\" \\ b.txt")]
    public async Task A_name_comes_back_the_same(string name)
    {
        var stored = new { id = "id:1", name, path_display = $"/{name}", size = 3, content_hash = new string('a', 64) };
        await using var dropbox = await Start((200, JsonSerializer.Serialize(stored)));
        var output = Assert.IsType<ConnectorResult.Done>(await Upload(dropbox, new { file = Small, name })).Output;
        Assert.Equal(name, output.GetProperty("name").GetString());
        using var argument = JsonDocument.Parse(dropbox.Headers.Single()["Dropbox-API-Arg"]);
        Assert.Equal($"/{name}", argument.RootElement.GetProperty("path").GetString());
    }

    private static object Small => new { name = "a.txt", base64 = Convert.ToBase64String("abc"u8) };

    private static Task<ConnectorResult> Upload(Scripted dropbox, object input) => dropbox.Run("upload-file", input, new { }, "oauth");

    private static Task<Scripted> Start(params (int, string)[] answers) => Scripted.Start("dropbox", "/2", null, answers);
}
