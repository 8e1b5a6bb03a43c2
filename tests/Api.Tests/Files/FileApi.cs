using System.Net.Http.Headers;
using System.Text.Json;
using Connections.Hosting.Keys;

namespace Api.Tests.Files;

/// <summary>A running HTTP interface with a limit for files, and what tests of files do with it.</summary>
public sealed class FileApi : IAsyncLifetime
{
    public const int MaxBytes = 8 * 1024 * 1024;

    private TestApi api = null!;

    public HttpClient Runner { get; private set; } = null!;

    public HttpClient Viewer { get; private set; } = null!;

    public HttpClient Other { get; private set; } = null!;

    public HttpClient Nobody => api.Client;

    public string Folder => Path.Combine(api.Folder, "files");

    public async ValueTask InitializeAsync()
    {
        api = await TestApi.Start(null, ("Files:MaxBytes", $"{MaxBytes}"));
        await api.Migrate();
        (Runner, Viewer) = (await api.ClientWith(Role.Runner), await api.ClientWith(Role.Viewer));
        Other = await api.ClientWith(Role.Admin, "other");
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var client in (HttpClient[])[Runner, Viewer, Other]) client.Dispose();
        await api.DisposeAsync();
    }

    public Task<HttpResponseMessage> Send(HttpContent content, string? disposition = null, HttpClient? client = null)
    {
        if (disposition is not null) content.Headers.TryAddWithoutValidation("Content-Disposition", disposition);
        return (client ?? Runner).PostAsync("/api/files", content, TestContext.Current.CancellationToken);
    }

    public async Task<JsonElement> Put(byte[] bytes, string? type = "application/pdf", string? disposition = null)
    {
        var content = new ByteArrayContent(bytes);
        if (type is not null) content.Headers.TryAddWithoutValidation("Content-Type", type);
        using var response = await Send(content, disposition);
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True((int)response.StatusCode == 201, text);
        return JsonElement.Parse(text);
    }

    public async Task<HttpResponseMessage> Get(JsonElement file, string? range = null, Action<HttpRequestHeaders>? headers = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/api/files/{file.GetProperty("id").GetString()}");
        if (range is not null) request.Headers.TryAddWithoutValidation("Range", range);
        headers?.Invoke(request.Headers);
        return await Runner.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
    }

    public string PathOf(JsonElement file)
    {
        var id = file.GetProperty("id").GetString()!;
        return Path.Combine(Folder, id[..2], id);
    }

    public List<string> Stored() =>
        [.. Directory.GetFiles(Folder, "*", SearchOption.AllDirectories).Where(file => Path.GetFileName(file) != "store-id").Order()];

    public static async Task<JsonElement> IsProblem(HttpResponseMessage response, int status, string code)
    {
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True(status == (int)response.StatusCode, $"{(int)response.StatusCode} {text}");
        var problem = JsonElement.Parse(text);
        Assert.Equal(code, problem.GetProperty("code").GetString());
        return problem;
    }
}
