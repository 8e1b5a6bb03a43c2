using System.Security.Cryptography;
using Connections.Domain;

namespace Files.Tests.Activities;

/// <summary>Files that an activity sends.</summary>
public sealed class SentFileTests : ActivityContract
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(65536)]
    [InlineData(200_001)]
    public async Task A_file_is_sent_as_it_was_stored(int size)
    {
        var content = Random(size);
        var file = await Put(content, "grün.pdf");
        await Succeeds(Run("send", new { file = new { id = file.Id } }));
        var sent = Assert.Single(Server.Requests);
        Assert.Equal(((long)size, Convert.ToHexStringLower(SHA256.HashData(content))), (sent.Size, sent.Sha256));
        Assert.Equal(("application/pdf", $"{size}"), (sent.Headers["Content-Type"], sent.Headers["Content-Length"]));
        Assert.False(sent.Headers.ContainsKey("Transfer-Encoding"));
        Assert.Equal(
            $$"""{"name":"gr\u00fcn.pdf","size":{{size}},"type":"application/pdf","hash":"{{sent.Sha256}}"}""", sent.Headers["X-Arg"]);
    }

    [Fact]
    public async Task A_small_file_may_be_in_the_input()
    {
        await Succeeds(Run("send-small", new { file = new { name = "a b.txt", base64 = Convert.ToBase64String("text"u8), contentType = "text/plain" } }));
        var sent = Assert.Single(Server.Requests);
        Assert.Equal(("/v1/files/a%20b.txt", Convert.ToHexStringLower(SHA256.HashData("text"u8))), (sent.Target.Replace(" ", "%20", StringComparison.Ordinal), sent.Sha256));
        Assert.Equal("application/x-small", sent.Headers["Content-Type"]);
    }

    public static TheoryData<string, object?> Unusable => new()
    {
        { "nothing", null },
        { "a text", "0190" },
        { "no member", new { } },
        { "an empty id", new { id = "" } },
        { "an id of another kind", new { id = "id:1" } },
        { "an unknown id", new { id = Guid.CreateVersion7() } },
        { "both", new { id = Guid.CreateVersion7(), base64 = "AA==" } },
        { "no base64", new { name = "a", base64 = "***" } },
        { "an id that is no text", new { id = 7 } },
        { "too much in the input", new { base64 = Convert.ToBase64String(new byte[140_000]) } },
        { "more than the API takes", new { base64 = Convert.ToBase64String(new byte[1001]) } }
    };

    [Theory]
    [MemberData(nameof(Unusable))]
    public async Task A_file_that_cannot_be_sent_is_rejected_before_the_request(string what, object? file)
    {
        var failed = await Fails(FailureKind.InvalidInput, Run("send-small", new { file }));
        Assert.Equal((Delivered.No, 0), (failed.Delivered, Server.Requests.Count));
        Assert.True(failed.Message.EndsWith('.'), $"{what}: {failed.Message}");
    }

    [Fact]
    public async Task A_file_of_another_workspace_is_not_there()
    {
        var file = await Put(Random(10), workspace: "other");
        var failed = await Fails(FailureKind.InvalidInput, Run("send", new { file = new { id = file.Id } }));
        Assert.Equal(("There is no such file.", Delivered.No, 0), (failed.Message, failed.Delivered, Server.Requests.Count));
    }

    [Fact]
    public async Task An_expired_file_is_to_be_uploaded_again()
    {
        var file = await Put(Random(10));
        Clock.Advance(TimeSpan.FromHours(25));
        var failed = await Fails(FailureKind.InvalidInput, Run("send", new { file = new { id = file.Id } }));
        Assert.Equal(("The file has expired. Upload it again.", Delivered.No), (failed.Message, failed.Delivered));
    }

    [Fact]
    public async Task A_file_that_is_larger_than_the_API_takes_says_how_large_it_may_be()
    {
        var file = await Put(Random(1001));
        var failed = await Fails(FailureKind.InvalidInput, Run("send-small", new { file = new { id = file.Id } }));
        Assert.Equal("The file has 1001 bytes; Acme takes at most 1000 bytes in one request. Send a smaller file.", failed.Message);
    }

    [Fact]
    public async Task A_file_whose_bytes_were_changed_is_never_sent_as_a_whole()
    {
        var file = await Put(Random(300_000));
        var bytes = await File.ReadAllBytesAsync(PathOf(file.Id));
        bytes[200_000] ^= 1;
        await File.WriteAllBytesAsync(PathOf(file.Id), bytes);
        var failed = await Fails(FailureKind.InvalidInput, Run("send", new { file = new { id = file.Id } }));
        Assert.Equal(Delivered.Maybe, failed.Delivered);
        Assert.DoesNotContain(Server.Requests, r => r.Sha256 is not null);
    }

    [Fact]
    public async Task Several_files_are_sent_one_after_another()
    {
        var file = await Put(Random(70_000), "b.pdf");
        var parts = 0;
        Server.Answer = context => Json(context, 200, $$"""{"ok":true,"part":{{++parts}}}""");
        var output = await Succeeds(Run("send-each", new
        {
            files = new object[] { new { name = "a.txt", base64 = "AAAA" }, new { id = file.Id }, new { id = file.Id, name = "c.pdf" } }
        }));
        Assert.Equal("""{"parts":[1,2,3]}""", output.GetRawText());
        Assert.Equal(["/v1/parts?name=a.txt", "/v1/parts?name=b.pdf", "/v1/parts?name=c.pdf", "/v1/whole"], Server.Requests.Select(r => r.Target));
        Assert.Equal([3, 70_000, 70_000], Server.Requests.Take(3).Select(r => r.Size));
    }

    [Fact]
    public async Task After_a_refresh_of_the_token_the_file_is_sent_again_from_its_beginning()
    {
        var (content, answers) = (Random(150_000), 0);
        var file = await Put(content, "ü.pdf");
        Server.Answer = context => answers++ == 0
            ? Json(context, 401, """{"error":{".tag":"expired_access_token"}}""")
            : Json(context, 200, """{"id":"id:1","name":"ü.pdf","path_display":"/in/ü.pdf","size":150000,"content_hash":"ab"}""");
        var output = await Succeeds(Run("upload-file", new { folder = "/in", file = new { id = file.Id } }, connector: "dropbox", tokens: new HandedTokens()));
        Assert.Equal("""{"id":"id:1","name":"ü.pdf","path":"/in/ü.pdf","size":150000,"hash":"ab"}""", output.GetRawText());
        Assert.Equal(2, Server.Requests.Count);
        Assert.All(Server.Requests, sent =>
        {
            Assert.Equal(("/2/files/upload", Convert.ToHexStringLower(SHA256.HashData(content))), (sent.Target, sent.Sha256));
            Assert.Equal("application/octet-stream", sent.Headers["Content-Type"]);
            Assert.Equal("""{"path":"/in/\u00fc.pdf","mode":"add","autorename":false}""", sent.Headers["Dropbox-API-Arg"]);
        });
        Assert.Equal(["Bearer canary-t0", "Bearer canary-t1"], Server.Requests.Select(r => r.Headers["Authorization"]));
    }
}
