using System.Security.Cryptography;
using System.Text;
using Connections.Domain;
using Microsoft.AspNetCore.Http;

namespace Files.Tests.Activities;

/// <summary>Answers that an activity stores as files.</summary>
public sealed class SavedFileTests : ActivityContract
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(65536)]
    [InlineData(300_001)]
    public async Task An_answer_becomes_a_file_of_the_workspace(int size)
    {
        var content = Random(size);
        Server.Answer = context => Send(context, content, "attachment; filename*=UTF-8''gr%C3%BCn.pdf");
        var output = await Succeeds(Run("fetch-file", new { id = "1" }));
        var file = output.GetProperty("file");
        var id = file.GetProperty("id").GetGuid();
        Assert.Equal(
            ("grün.pdf", (long)size, "application/pdf", Convert.ToHexStringLower(SHA256.HashData(content))),
            (file.GetProperty("name").GetString(), file.GetProperty("size").GetInt64(), file.GetProperty("contentType").GetString(), file.GetProperty("sha256").GetString()));
        Assert.Equal(content, await Read(id));
        Assert.Equal((await Store.Get(Workspace, id, default)).ExpiresAt, file.GetProperty("expiresAt").GetDateTimeOffset());
        await Rejects("file.not-found", () => Store.Get("other", id, default));
        Assert.Equal(("identity", "*/*"), (Server.Requests.Single().Headers["Accept-Encoding"], Server.Requests.Single().Headers["Accept"]));
    }

    [Fact]
    public async Task Name_and_type_come_from_the_definition()
    {
        Server.Answer = context =>
        {
            context.Response.Headers["X-Name"] = "../../etc/report.csv";
            return Send(context, [1, 2], null);
        };
        var output = await Succeeds(Run("fetch-named", new { name = "other" }));
        Assert.Equal(("report.csv", "text/csv"), (output.GetProperty("name").GetString(), output.GetProperty("type").GetString()));
        Assert.Equal([1, 2], await Read(output.GetProperty("id").GetGuid()));
    }

    [Fact]
    public async Task An_answer_that_is_no_success_is_judged_and_not_stored()
    {
        Server.Answer = context => Json(context, 404, """{"id":"7"}""");
        var failed = await Fails(FailureKind.NotFound, Run("fetch-file", new { id = "7" }));
        Assert.Equal("No file 7.", failed.Message);
        Server.Answer = context =>
        {
            context.Response.Headers["X-Error"] = "1";
            return Json(context, 200, "{}");
        };
        await Fails(FailureKind.InvalidInput, Run("fetch-named", new { }));
        Assert.Empty(Stored());
    }

    [Fact]
    public async Task Nothing_stays_of_an_answer_that_breaks_off()
    {
        Server.Answer = async context =>
        {
            context.Response.ContentLength = 500_000;
            await context.Response.Body.WriteAsync(Random(200_000));
            await context.Response.Body.FlushAsync();
            context.Abort();
        };
        await Fails(FailureKind.Unavailable, Run("fetch-file", new { id = "1" }));
        Assert.Empty(Stored());
    }

    [Fact]
    public async Task A_packed_answer_is_not_stored()
    {
        Server.Answer = context =>
        {
            context.Response.Headers.ContentEncoding = "gzip";
            return Send(context, Random(100), null);
        };
        await Fails(FailureKind.InvalidInput, Run("fetch-file", new { id = "1" }));
        Assert.Empty(Stored());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_answer_that_is_larger_than_files_may_be_is_not_stored(bool announced)
    {
        var small = await Another(maxBytes: 100_000);
        await using var services = Connect(small);
        Server.Answer = context =>
        {
            if (announced) context.Response.ContentLength = 100_001;
            return context.Response.Body.WriteAsync(new byte[100_001]).AsTask();
        };
        var failed = await Fails(FailureKind.InvalidInput, Run("fetch-file", new { id = "1" }, over: services));
        Assert.Contains("100000 bytes", failed.Message, StringComparison.Ordinal);
        Assert.Empty(Stored());
    }

    public static TheoryData<int> Places => [0, 1, 65_536 - 10, 65_536 - 1, 65_536, 131_072 - 40, 199_900];

    [Theory]
    [MemberData(nameof(Places))]
    public async Task A_secret_that_the_API_repeats_is_masked_in_content_and_name(int at)
    {
        var content = Enumerable.Repeat((byte)' ', 200_000).ToArray();
        var raw = Encoding.UTF8.GetBytes(Key);
        raw.CopyTo(content, at);
        Encoding.ASCII.GetBytes(Convert.ToHexString(raw)).CopyTo(content, (at + 70_000) % 199_000);
        Encoding.ASCII.GetBytes(Convert.ToBase64String(raw)).CopyTo(content, (at + 90_000) % 199_000);
        Server.Answer = context => Send(context, content, $"attachment; filename=\"{Key}.txt\"");
        var output = await Succeeds(Run("fetch-file", new { id = "1" }));
        var file = output.GetProperty("file");
        var stored = Encoding.ASCII.GetString(await Read(file.GetProperty("id").GetGuid()));
        Assert.Equal(content.Length, stored.Length);
        foreach (var form in (string[])[Key, Convert.ToHexString(raw), Convert.ToBase64String(raw)[2..^4]])
            Assert.DoesNotContain(form, stored, StringComparison.Ordinal);
        Assert.Equal(raw.Length, stored[at..(at + raw.Length)].Count(c => c == '*'));
        Assert.DoesNotContain(Key, output.GetRawText(), StringComparison.Ordinal);
        Assert.DoesNotContain(Key, Host.Logs.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_of_Dropbox_is_fetched_with_its_name()
    {
        Server.Answer = context =>
        {
            context.Response.Headers["Dropbox-API-Result"] = """{"name":"gr\u00fcn.pdf","id":"id:1","size":3}""";
            context.Response.ContentType = "application/octet-stream";
            return context.Response.Body.WriteAsync(new byte[] { 1, 2, 3 }).AsTask();
        };
        var output = await Succeeds(Run("fetch-file", new { id = "/in/grün.pdf" }, connector: "dropbox", tokens: new HandedTokens()));
        Assert.Equal("grün.pdf", output.GetProperty("file").GetProperty("name").GetString());
        var sent = Assert.Single(Server.Requests);
        Assert.Equal(("/2/files/download", """{"path":"/in/gr\u00fcn.pdf"}"""), (sent.Target, sent.Headers["Dropbox-API-Arg"]));
        Assert.False(sent.Headers.ContainsKey("Content-Type"));
    }

    private static Task Send(HttpContext context, byte[] content, string? disposition)
    {
        (context.Response.ContentType, context.Response.ContentLength) = ("application/pdf", content.Length);
        if (disposition is not null) context.Response.Headers.ContentDisposition = disposition;
        return context.Response.Body.WriteAsync(content).AsTask();
    }
}
