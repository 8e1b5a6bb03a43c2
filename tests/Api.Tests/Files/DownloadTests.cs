using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text.Json;

namespace Api.Tests.Files;

public sealed class DownloadTests(FileApi api) : IClassFixture<FileApi>
{
    private const int Size = 200_000;

    [Theory]
    [InlineData("bytes=0-9", 0, 10)]
    [InlineData("bytes=65530-65545", 65_530, 16)]
    [InlineData("bytes=199999-", 199_999, 1)]
    [InlineData("bytes=-5", 199_995, 5)]
    [InlineData("bytes=100-9999999", 100, 199_900)]
    public async Task A_range_is_that_part_of_the_file(string range, int from, int length)
    {
        var (bytes, file) = await Put();
        using var response = await api.Get(file, range);
        Assert.Equal(206, (int)response.StatusCode);
        Assert.Equal($"bytes {from}-{from + length - 1}/{Size}", response.Content.Headers.ContentRange?.ToString());
        Assert.Equal(bytes[from..(from + length)], await Bytes(response));
    }

    [Theory]
    [InlineData("bytes=200000-")]
    [InlineData("bytes=300000-300001")]
    [InlineData("bytes=-0")]
    public async Task A_range_outside_the_file_is_rejected_with_its_size(string range)
    {
        var (_, file) = await Put();
        using var response = await api.Get(file, range);
        Assert.Equal($"bytes */{Size}", response.Content.Headers.ContentRange?.ToString());
        await FileApi.IsProblem(response, 416, "request.range-not-satisfiable");
    }

    [Theory]
    [InlineData("bytes=0-1,5-6")]
    [InlineData("bytes=9-1")]
    [InlineData("lines=0-1")]
    public async Task A_range_of_another_form_gets_the_whole_file(string range)
    {
        var (bytes, file) = await Put();
        using var response = await api.Get(file, range);
        Assert.Equal(200, (int)response.StatusCode);
        Assert.Equal(bytes, await Bytes(response));
    }

    [Fact]
    public async Task The_tag_is_the_hash_and_decides_about_ranges_and_repetitions()
    {
        var (bytes, file) = await Put();
        var tag = $"\"{file.GetProperty("sha256").GetString()}\"";
        using var same = await api.Get(file, "bytes=0-1", headers => headers.IfRange = new RangeConditionHeaderValue(tag));
        Assert.Equal((206, tag), ((int)same.StatusCode, same.Headers.ETag!.Tag));
        using var other = await api.Get(file, "bytes=0-1", headers => headers.IfRange = new RangeConditionHeaderValue("\"other\""));
        Assert.Equal(bytes, await Bytes(other));
        using var known = await api.Get(file, null, headers => headers.IfNoneMatch.Add(new EntityTagHeaderValue(tag)));
        Assert.Equal(304, (int)known.StatusCode);
        using var wrong = await api.Get(file, null, headers => headers.IfMatch.Add(new EntityTagHeaderValue("\"other\"")));
        await FileApi.IsProblem(wrong, 412, "request.precondition-failed");
    }

    [Fact]
    public async Task No_browser_shows_a_file_as_a_page_of_the_service()
    {
        var file = await api.Put("<script>alert(1)</script>"u8.ToArray(), "text/html", "inline; filename*=UTF-8''%C3%BC.html");
        using var response = await api.Get(file);
        Assert.Equal("attachment; filename=_.html; filename*=UTF-8''%C3%BC.html", response.Content.Headers.GetValues("Content-Disposition").Single());
        Assert.Equal("nosniff", response.Headers.GetValues("X-Content-Type-Options").Single());
        Assert.Contains("sandbox", response.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
        Assert.Equal("bytes", response.Headers.AcceptRanges.Single());
        Assert.Contains("no-store", response.Headers.CacheControl!.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_whose_first_bytes_were_changed_is_a_problem()
    {
        var (_, file) = await Put();
        Flip(file, 100);
        using var response = await api.Get(file);
        await FileApi.IsProblem(response, 500, "file.unreadable");
        Assert.False(response.Headers.Contains("ETag"));
        using var behind = await api.Get(file, "bytes=-10");
        Assert.Equal(206, (int)behind.StatusCode);
    }

    [Fact]
    public async Task A_change_behind_the_first_bytes_breaks_the_download_off()
    {
        var (_, file) = await Put();
        Flip(file, 150_000);
        using var response = await api.Get(file);
        Assert.Equal((200, Size), ((int)response.StatusCode, response.Content.Headers.ContentLength));
        await Assert.ThrowsAnyAsync<HttpRequestException>(() => Bytes(response));
    }

    [Fact]
    public async Task A_file_that_was_cut_is_a_problem_for_each_of_its_ranges()
    {
        var (_, file) = await Put();
        using (var stream = File.OpenWrite(api.PathOf(file))) stream.SetLength(65_536 + 16);
        foreach (var range in (string?[])[null, "bytes=0-9", "bytes=-10"]) await FileApi.IsProblem(await api.Get(file, range), 500, "file.unreadable");
    }

    private void Flip(JsonElement file, int at)
    {
        using var stream = new FileStream(api.PathOf(file), FileMode.Open, FileAccess.ReadWrite);
        stream.Position = at;
        var value = stream.ReadByte();
        stream.Position = at;
        stream.WriteByte((byte)(value ^ 1));
    }

    private async Task<(byte[] Bytes, JsonElement File)> Put()
    {
        var bytes = RandomNumberGenerator.GetBytes(Size);
        return (bytes, await api.Put(bytes));
    }

    private static Task<byte[]> Bytes(HttpResponseMessage response) => response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken);
}
