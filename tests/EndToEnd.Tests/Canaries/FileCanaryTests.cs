using System.Net.Http.Headers;
using EndToEnd.Tests.Harness;

namespace EndToEnd.Tests.Canaries;

/// <summary>The content, the name and the type of a file are in no store, log, trace, metric, exception or other response in clear.</summary>
public sealed class FileCanaryTests
{
    [Fact]
    public async Task Content_and_names_of_files_are_nowhere()
    {
        using var folder = new DataFolder();
        await using var host = await InProcessHost.Start(folder.Path);
        var (content, name, type) = (Canary.New("content"), Canary.New("name"), Canary.New("type"));
        using var http = new HttpClient { BaseAddress = host.Api.Address };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", host.Api.Key);

        var bytes = System.Text.Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat($"{content.Value} ", 5_000)));
        var stored = await Upload(http, bytes, $"attachment; filename=\"{name.Value}.txt\"", $"text/{type.Value}");
        var id = System.Text.Json.JsonElement.Parse(await stored.Content.ReadAsStringAsync()).GetProperty("id").GetString()!;
        Assert.Equal(bytes, await http.GetByteArrayAsync($"/api/files/{id}"));
        Assert.Contains(name.Value, await http.GetStringAsync($"/api/files/{id}/info"), StringComparison.Ordinal);

        // Errors quote nothing either.
        await Upload(http, bytes, $"attachment; filename=\"{name.Value}", $"text/{type.Value}");
        await Upload(http, bytes, $"attachment; filename=\"{name.Value}\"", $"{type.Value}");
        await Upload(http, bytes, $"attachment; filename=\"{name.Value}\"", $"multipart/form-data; boundary={type.Value}");
        using var range = new HttpRequestMessage(HttpMethod.Get, $"/api/files/{id}");
        range.Headers.TryAddWithoutValidation("Range", "bytes=99999999-");
        Assert.Equal(416, (int)(await http.SendAsync(range)).StatusCode);
        var path = Path.Combine(folder.Path, "files", id[..2], id);
        await File.WriteAllBytesAsync(path, bytes[..100]);
        var damaged = await host.Api.Get($"/api/files/{id}");
        damaged.Refuses(500, "file.unreadable");
        await File.WriteAllBytesAsync(path, []);

        (await host.Places()).Nowhere([content, name, type]);
        (await host.Places()).Everywhere(id, Place.Log);
    }

    private static Task<HttpResponseMessage> Upload(HttpClient http, byte[] bytes, string disposition, string type)
    {
        var content = new ByteArrayContent(bytes);
        content.Headers.TryAddWithoutValidation("Content-Disposition", disposition);
        content.Headers.TryAddWithoutValidation("Content-Type", type);
        return http.PostAsync("/api/files", content);
    }
}
