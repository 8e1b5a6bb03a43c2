using System.Collections.Concurrent;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace EndToEnd.Tests.Harness;

/// <summary>A response: status, JSON, and the text.</summary>
public sealed record ApiResponse(int Status, JsonElement Body, string Text)
{
    public JsonElement this[string property] => Body.GetProperty(property);

    public string? Code => Body.ValueKind == JsonValueKind.Object && Body.TryGetProperty("code", out var code) ? code.GetString() : null;

    public ApiResponse Is(int status)
    {
        Assert.True(Status == status, $"{status} was expected, {Status} came: {Text}");
        return this;
    }

    /// <summary>A problem document with this code.</summary>
    public ApiResponse Refuses(int status, string code)
    {
        Is(status);
        Assert.True(Code == code, $"{code} was expected: {Text}");
        return this;
    }
}

/// <summary>A client of the HTTP interface.</summary>
public sealed class Api : IDisposable
{
    private readonly HttpClient http;

    /// <param name="way">A handler for the requests; null for a direct connection.</param>
    public Api(Uri address, string? key, HttpMessageHandler? way = null, TimeSpan? limit = null)
    {
        Key = key;
        Address = address;
        http = new HttpClient(way ?? new HttpClientHandler()) { BaseAddress = address, Timeout = limit ?? TimeSpan.FromSeconds(100) };
        if (key is not null) http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
    }

    public Uri Address { get; }

    public string? Key { get; }

    /// <summary>All responses: request line, headers and body.</summary>
    public ConcurrentQueue<(string Request, string Answer)> Heard { get; } = new();

    public Task<ApiResponse> Get(string path) => Send(HttpMethod.Get, path, null);

    public Task<ApiResponse> Post(string path, object? body = null) => Send(HttpMethod.Post, path, Json(body ?? new { }));

    public Task<ApiResponse> Patch(string path, object body) => Send(HttpMethod.Patch, path, Json(body));

    public Task<ApiResponse> Delete(string path) => Send(HttpMethod.Delete, path, null);

    public Task<ApiResponse> Raw(HttpMethod method, string path, string body) => Send(method, path, Text(body));

    /// <summary>Gets a text that is not JSON.</summary>
    public Task<string> Metrics() => http.GetStringAsync(new Uri("/metrics", UriKind.Relative));

    public void Dispose() => http.Dispose();

    private static StringContent Json(object body) => Text(JsonSerializer.Serialize(body));

    private static StringContent Text(string body) => new(body, Encoding.UTF8, "application/json");

    private async Task<ApiResponse> Send(HttpMethod method, string path, HttpContent? content)
    {
        using var request = new HttpRequestMessage(method, path) { Content = content };
        if (content?.Headers.ContentLength > 1024 * 1024) request.Headers.ExpectContinue = true; // as clients with large bodies should
        using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        // A stream of events has no end.
        var text = response.Content.Headers.ContentType?.MediaType == "text/event-stream" ? "" : await response.Content.ReadAsStringAsync();
        Heard.Enqueue(($"{method} {path}", $"{response.Headers}{response.Content.Headers}\n{text}"));
        return new ApiResponse((int)response.StatusCode, text.Length == 0 ? default : JsonSerializer.Deserialize<JsonElement>(text), text);
    }
}
