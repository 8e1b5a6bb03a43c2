using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using TestServers;

namespace Api.Tests.Files;

public sealed class UploadTests(FileApi api) : IClassFixture<FileApi>
{
    [Theory]
    [InlineData("application/json")]
    [InlineData("application/json; charset=utf-16")]
    [InlineData("text/html")]
    [InlineData("application/x-www-form-urlencoded")]
    [InlineData(null)]
    public async Task Bytes_of_any_type_are_stored_as_they_are(string? type)
    {
        var bytes = RandomNumberGenerator.GetBytes(3_000_000); // more than other bodies may have
        var file = await api.Put(bytes, type, "attachment; filename=\"x.bin\"");
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(bytes)), file.GetProperty("sha256").GetString());
        Assert.Equal((bytes.Length, "x.bin"), (file.GetProperty("size").GetInt32(), file.GetProperty("name").GetString()));
        Assert.Equal(type ?? "application/octet-stream", file.GetProperty("contentType").GetString());
        using var back = await api.Get(file);
        Assert.Equal(bytes, await back.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData("attachment; filename=\"report.pdf\"", "report.pdf")]
    [InlineData("attachment; filename=report.pdf", "report.pdf")]
    [InlineData("attachment; filename=\"EURO rates.txt\"; filename*=utf-8''%e2%82%ac%20rates.txt", "€ rates.txt")]
    [InlineData("inline; filename*=UTF-8''%C3%BCber.txt", "über.txt")]
    [InlineData("attachment; filename=\"../../etc/passwd\"", "passwd")]
    [InlineData("attachment", "file")]
    [InlineData(null, "file")]
    public async Task The_name_comes_from_Content_Disposition(string? header, string name) =>
        Assert.Equal(name, (await api.Put([1], disposition: header)).GetProperty("name").GetString());

    [Fact]
    public async Task The_response_names_the_address_and_the_expiry()
    {
        using var response = await api.Send(new ByteArrayContent([]));
        var file = System.Text.Json.JsonElement.Parse(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        Assert.Equal($"/api/files/{file.GetProperty("id").GetString()}", response.Headers.Location?.ToString());
        Assert.Equal(24, (file.GetProperty("expiresAt").GetDateTimeOffset() - TimeProvider.System.GetUtcNow()).TotalHours, 0.2);
        using var info = await api.Runner.GetAsync($"/api/files/{file.GetProperty("id").GetString()}/info", TestContext.Current.CancellationToken);
        Assert.Equal(file.GetRawText(), await info.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_file_above_the_limit_is_rejected_and_nothing_stays(bool lengthIsKnown)
    {
        var before = api.Stored();
        var bytes = new byte[FileApi.MaxBytes + 1];
        using var response = await api.Send(lengthIsKnown ? new ByteArrayContent(bytes) : new StreamContent(new Unmeasured(bytes)));
        await FileApi.IsProblem(response, 413, "file.too-large");
        Assert.Equal(before, api.Stored());
    }

    [Theory]
    [InlineData("Content-Disposition", "attachment; filename=\"half", 400, "request.malformed")]
    [InlineData("Content-Type", "not a type", 400, "request.malformed")]
    [InlineData("Content-Type", "multipart/form-data; boundary=x", 415, "request.unsupported-media-type")]
    [InlineData("Content-Encoding", "gzip", 415, "request.unsupported-media-type")]
    public async Task A_header_that_cannot_be_kept_is_rejected(string name, string value, int status, string code)
    {
        var content = new ByteArrayContent([1]);
        Assert.True(content.Headers.TryAddWithoutValidation(name, value));
        await FileApi.IsProblem(await api.Send(content), status, code);
    }

    [Fact]
    public async Task An_upload_needs_a_runner_of_the_workspace()
    {
        var large = new byte[5_000_000];
        await FileApi.IsProblem(await api.Send(new ByteArrayContent(large), client: api.Nobody), 401, "request.unauthorized");
        await FileApi.IsProblem(await api.Send(new ByteArrayContent(large), client: api.Viewer), 403, "request.forbidden");
        var id = (await api.Put([1])).GetProperty("id").GetString();
        foreach (var path in (string[])[$"/api/files/{id}", $"/api/files/{id}/info"])
        {
            await FileApi.IsProblem(await api.Other.GetAsync(path, TestContext.Current.CancellationToken), 404, "file.not-found");
            await FileApi.IsProblem(await api.Viewer.GetAsync(path, TestContext.Current.CancellationToken), 403, "request.forbidden");
        }

        await FileApi.IsProblem(await api.Other.DeleteAsync($"/api/files/{id}", TestContext.Current.CancellationToken), 404, "file.not-found");
        await FileApi.IsProblem(await api.Runner.GetAsync("/api/files/no-id", TestContext.Current.CancellationToken), 404, "file.not-found");
        Assert.Equal(204, (int)(await api.Runner.DeleteAsync($"/api/files/{id}", TestContext.Current.CancellationToken)).StatusCode);
        await FileApi.IsProblem(await api.Runner.GetAsync($"/api/files/{id}", TestContext.Current.CancellationToken), 404, "file.not-found");
    }

    [Theory]
    [InlineData("/api/activities")]
    [InlineData("/api/secrets")]
    [InlineData("/nowhere")]
    public async Task Other_addresses_take_no_large_body(string path)
    {
        using var response = await api.Runner.PostAsync(path, new ByteArrayContent(new byte[1_100_000]), TestContext.Current.CancellationToken);
        await FileApi.IsProblem(response, 413, "request.too-large");
    }

    [Theory]
    [InlineData("Content-Length: 1000000", "")]
    [InlineData("Transfer-Encoding: chunked", "100000\r\n")]
    public async Task Nothing_stays_of_an_upload_that_the_sender_cuts_off(string length, string start)
    {
        var before = api.Stored();
        using (var socket = new TcpClient())
        {
            await socket.ConnectAsync(api.Runner.BaseAddress!.Host, api.Runner.BaseAddress.Port, TestContext.Current.CancellationToken);
            var stream = socket.GetStream();
            var head = $"POST /api/files HTTP/1.1\r\nHost: x\r\nAuthorization: {api.Runner.DefaultRequestHeaders.Authorization}\r\n{length}\r\n\r\n{start}";
            await stream.WriteAsync(Encoding.ASCII.GetBytes(head), TestContext.Current.CancellationToken);
            await stream.WriteAsync(new byte[300_000], TestContext.Current.CancellationToken);
            await Until.Holds(() => api.Stored().Count > before.Count, "the upload has begun");
        }

        await Until.Holds(() => api.Stored().SequenceEqual(before), "the part is removed");
    }

    private sealed class Unmeasured(byte[] bytes) : MemoryStream(bytes)
    {
        public override bool CanSeek => false;
    }
}
