namespace Api.Tests.Description;

/// <summary>Real answers have a status that the OpenAPI document lists for their operation, and fit its schema.</summary>
public sealed class DescribedResponseTests(SharedApi shared) : IClassFixture<SharedApi>
{
    private const string Unknown = "66666666-0000-4000-8000-000000000001";

    [Fact]
    public async Task Answers_to_each_read_fit_their_schema()
    {
        var document = await ApiDocument.From(shared.Admin);
        var (connection, activity) = (Guid.NewGuid(), Guid.NewGuid());
        await Fits(document, "createConnection", 201, HttpMethod.Post, "/api/connections", Connection(connection));
        await Fits(document, "runActivity", 202, HttpMethod.Post, "/api/activities", new
        {
            id = activity,
            connectionId = connection,
            activity = "run-query",
            input = new { sql = "select 1" },
            caller = new { workflow = "w" }
        });
        await Fits(document, "getConnection", 200, HttpMethod.Get, $"/api/connections/{connection}");
        await Fits(document, "getConnectionHistory", 200, HttpMethod.Get, $"/api/connections/{connection}/history?limit=1");
        await Fits(document, "listConnections", 200, HttpMethod.Get, "/api/connections");
        await Fits(document, "getActivity", 200, HttpMethod.Get, $"/api/activities/{activity}");
        await Fits(document, "getActivityHistory", 200, HttpMethod.Get, $"/api/activities/{activity}/history");
        await Fits(document, "listActivities", 200, HttpMethod.Get, "/api/activities?include=input,output");
        await Fits(document, "cancelActivity", 200, HttpMethod.Post, $"/api/activities/{activity}/cancel");
        await Fits(document, "listConnectors", 200, HttpMethod.Get, "/api/connectors");
        await Fits(document, "getConnector", 200, HttpMethod.Get, "/api/connectors/http");
        await Fits(document, "createKey", 201, HttpMethod.Post, "/api/keys", new { name = "x", role = "viewer", expiresAt = "2099-01-01T00:00:00Z" });
        await Fits(document, "listKeys", 200, HttpMethod.Get, "/api/keys");
        await Fits(document, "createSecret", 201, HttpMethod.Post, "/api/secrets", new { credentials = new { password = "p" } });
        await Fits(document, "uploadFile", 201, HttpMethod.Post, "/api/files", new { any = "bytes" });
        await Fits(document, "renameConnection", 200, HttpMethod.Patch, $"/api/connections/{connection}", new { name = $"{connection}" });
        await Fits(document, "getLiveness", 200, HttpMethod.Get, "/health/live");
        await Fits(document, "getReadiness", null, HttpMethod.Get, "/health/ready");
    }

    [Fact]
    public async Task Problems_have_a_status_that_is_listed_and_fit_the_schema()
    {
        var document = await ApiDocument.From(shared.Admin);
        var (connection, gone) = (Guid.NewGuid(), Guid.NewGuid());
        await Fits(document, "createConnection", 201, HttpMethod.Post, "/api/connections", Connection(connection));
        await Fits(document, "createConnection", 409, HttpMethod.Post, "/api/connections", Connection(Guid.NewGuid(), $"{connection}"));
        await Fits(document, "createConnection", 422, HttpMethod.Post, "/api/connections", new { connector = "postgres" });
        await Fits(document, "createConnection", 404, HttpMethod.Post, "/api/connections", new { connector = "none" });
        await Fits(document, "createConnection", 400, HttpMethod.Post, "/api/connections", new { surprise = 1 });
        await Fits(document, "testCredentials", 404, HttpMethod.Post, "/api/connections/test", new { connector = "none" });
        await Fits(document, "testCredentials", 422, HttpMethod.Post, "/api/connections/test", new { connector = "postgres" });
        await Fits(document, "createConnection", 201, HttpMethod.Post, "/api/connections", Connection(gone));
        await Fits(document, "deleteConnection", 204, HttpMethod.Delete, $"/api/connections/{gone}");
        await Fits(document, "renameConnection", 410, HttpMethod.Patch, $"/api/connections/{gone}", new { name = "x" });
        await Fits(document, "testConnection", 410, HttpMethod.Post, $"/api/connections/{gone}/test");
        await Fits(document, "reconnectConnection", 410, HttpMethod.Post, $"/api/connections/{gone}/reconnect", new { credentials = new { username = "a", password = "b" } });
        await Fits(document, "runActivity", 410, HttpMethod.Post, "/api/activities", new { connectionId = gone, activity = "run-query", input = new { sql = "x" } });
        await Fits(document, "runActivity", 422, HttpMethod.Post, "/api/activities", new { connectionId = connection, activity = "fly" });
        await Fits(document, "getConnection", 404, HttpMethod.Get, $"/api/connections/{Unknown}");
        await Fits(document, "getConnectionHistory", 404, HttpMethod.Get, $"/api/connections/{Unknown}/history");
        await Fits(document, "renameConnection", 404, HttpMethod.Patch, $"/api/connections/{Unknown}", new { name = "x" });
        await Fits(document, "testConnection", 404, HttpMethod.Post, $"/api/connections/{Unknown}/test");
        await Fits(document, "deleteConnection", 404, HttpMethod.Delete, $"/api/connections/{Unknown}");
        await Fits(document, "getActivity", 404, HttpMethod.Get, $"/api/activities/{Unknown}");
        await Fits(document, "getActivity", 400, HttpMethod.Get, $"/api/activities/{Unknown}?waitSeconds=99");
        await Fits(document, "retryActivity", 404, HttpMethod.Post, $"/api/activities/{Unknown}/retry");
        await Fits(document, "settleActivity", 404, HttpMethod.Post, $"/api/activities/{Unknown}/settle", new { outcome = "failed" });
        await Fits(document, "cancelActivity", 404, HttpMethod.Post, $"/api/activities/{Unknown}/cancel");
        await Fits(document, "createKey", 400, HttpMethod.Post, "/api/keys", new { role = "king" });
        await Fits(document, "createKey", 403, HttpMethod.Post, "/api/keys", new { name = "x", role = "viewer", workspace = "other" });
        await Fits(document, "deleteKey", 404, HttpMethod.Delete, $"/api/keys/{Unknown}");
        await Fits(document, "uploadFile", 415, HttpMethod.Post, "/api/files", form: true);
        await Fits(document, "downloadFile", 404, HttpMethod.Get, $"/api/files/{Unknown}");
        await Fits(document, "getFile", 404, HttpMethod.Get, $"/api/files/{Unknown}/info");
        await Fits(document, "deleteFile", 404, HttpMethod.Delete, $"/api/files/{Unknown}");
        await Fits(document, "listKeys", 400, HttpMethod.Get, "/api/keys?limit=0");
    }

    private async Task Fits(ApiDocument document, string operation, int? status, HttpMethod method, string path, object? body = null, bool form = false)
    {
        using var request = new HttpRequestMessage(method, path) { Content = form ? new MultipartFormDataContent() : body is null ? null : JsonContent.Create(body) };
        using var response = await shared.Admin.SendAsync(request);
        var (code, text) = ((int)response.StatusCode, await response.Content.ReadAsStringAsync());
        var shown = $"{operation} {code} {text}";
        Assert.True(status is null || status == code, $"{shown}, expected {status}");
        Assert.True(document.Operation(operation).Statuses.Contains($"{code}"), $"{shown}: the document does not list {code}");
        if (text.Length == 0) return;
        var errors = await document.Errors(document.Operation(operation).Response($"{code}")!, text);
        Assert.True(errors.Count == 0, $"{shown}: {string.Join(' ', errors)}");
    }

    private static object Connection(Guid id, string? name = null) => new
    {
        id,
        connector = "postgres",
        name = name ?? $"{id}",
        skipTest = true,
        settings = new { host = $"{id:n}.example.com", database = "shop" },
        credentials = new { username = "app", password = "p" }
    };
}
