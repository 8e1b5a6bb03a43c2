using System.Text.Json.Nodes;
using Connections.Web.Responses;

namespace Api.Tests.Description;

/// <summary>The OpenAPI document describes what the service accepts and answers.</summary>
public sealed class ApiDescriptionTests(SharedApi shared) : IClassFixture<SharedApi>
{
    private static readonly string[] Internal = ["absent", "abandoned"];

    // Names of generated clients: they stay as they are.
    private static readonly Dictionary<string, string> Ids = new()
    {
        ["GET /health/live"] = "getLiveness",
        ["GET /health/ready"] = "getReadiness",
        ["GET /api/connectors"] = "listConnectors",
        ["GET /api/connectors/{id}"] = "getConnector",
        ["POST /api/connections/test"] = "testCredentials",
        ["POST /api/connections"] = "createConnection",
        ["GET /api/connections"] = "listConnections",
        ["GET /api/connections/{id}"] = "getConnection",
        ["GET /api/connections/{id}/history"] = "getConnectionHistory",
        ["PATCH /api/connections/{id}"] = "renameConnection",
        ["POST /api/connections/{id}/test"] = "testConnection",
        ["POST /api/connections/{id}/reconnect"] = "reconnectConnection",
        ["DELETE /api/connections/{id}"] = "deleteConnection",
        ["POST /api/activities"] = "runActivity",
        ["GET /api/activities"] = "listActivities",
        ["GET /api/activities/{id}"] = "getActivity",
        ["GET /api/activities/{id}/history"] = "getActivityHistory",
        ["POST /api/activities/{id}/retry"] = "retryActivity",
        ["POST /api/activities/{id}/settle"] = "settleActivity",
        ["POST /api/activities/{id}/cancel"] = "cancelActivity",
        ["POST /api/secrets"] = "createSecret",
        ["POST /api/files"] = "uploadFile",
        ["GET /api/files/{id}"] = "downloadFile",
        ["GET /api/files/{id}/info"] = "getFile",
        ["DELETE /api/files/{id}"] = "deleteFile",
        ["POST /api/keys"] = "createKey",
        ["GET /api/keys"] = "listKeys",
        ["DELETE /api/keys/{id}"] = "deleteKey",
        ["GET /api/changes"] = "followChanges",
        ["POST /api/console/addresses"] = "createConsoleAddress"
    };

    [Fact]
    public async Task The_document_is_valid()
    {
        var document = await Document();
        Assert.Empty(document.Read.Diagnostic!.Errors);
        Assert.Empty(document.Read.Diagnostic.Warnings);
        Assert.Equal(document.Operations.Count, document.Read.Document!.Paths.Sum(path => path.Value.Operations!.Count));
    }

    [Fact]
    public async Task Each_operation_has_a_stable_id() =>
        Assert.Equal(Ids.OrderBy(id => id.Key), (await Document()).Operations.ToDictionary(o => o.Name, o => o.Id!).OrderBy(id => id.Key));

    [Fact]
    public async Task Optional_fields_of_requests_are_not_required()
    {
        var document = await Document();
        var bodies = document.Operations.Where(o => o.Body is not null).ToList();
        Assert.NotEmpty(bodies);
        foreach (var operation in bodies)
        {
            var errors = await document.Errors(operation.Body!["schema"]!, "{}"); // no field of the framework's own is required
            Assert.True(errors.Count == 0, $"{operation.Name}: {string.Join(' ', errors)}");
        }

        foreach (var nested in new[] { """{"connection": {"name": "x"}}""", """{"caller": {"run": "x"}}""" })
            Assert.Empty(await document.Errors(document.Operation("runActivity").Body!["schema"]!, nested));
    }

    [Fact]
    public async Task Each_operation_with_a_body_has_an_example_that_fits_its_schema()
    {
        var document = await Document();
        foreach (var operation in document.Operations.Where(o => o.Body is not null))
        {
            Assert.True(operation.Body!["example"] is not null, $"{operation.Name} has no example: add it to ApiExamples.");
            Assert.Empty(await document.Errors(operation.Body["schema"]!, operation.Body["example"]!.ToJsonString()));
        }
    }

    [Fact]
    public async Task Requests_allow_no_other_fields_and_answers_do()
    {
        var document = await Document();
        foreach (var operation in document.Operations)
        {
            if (operation.Body is { } body) Assert.NotEmpty(await document.Errors(body["schema"]!, """{"surprise": 1}"""));
            foreach (var status in operation.Statuses)
                if (operation.Response(status) is { } schema) Assert.All(All(document, schema), s => Assert.Null(s["additionalProperties"]));
        }
    }

    [Fact]
    public async Task Times_are_strings_of_the_format_date_time()
    {
        var document = await Document();
        var times = document.Schemas.SelectMany(schema => schema.Value!["properties"]?.AsObject().ToArray() ?? [])
            .Where(property => property.Key is "at" or "deadline" or "rotateBy" || property.Key.EndsWith("At", StringComparison.Ordinal)).ToList();
        Assert.True(times.Count > 10, $"{times.Count} times are described.");
        Assert.All(times, time => Assert.True(
            time.Value!["format"]?.GetValue<string>() == "date-time" && time.Value["type"]!.ToJsonString().Contains("\"string\"", StringComparison.Ordinal),
            $"{time.Key}: {time.Value.ToJsonString()}"));
        var at = document.Operation("getConnection").Json["parameters"]!.AsArray().Single(p => p!["name"]!.GetValue<string>() == "at")!;
        Assert.Equal(("string", "date-time"), (at["schema"]!["type"]!.GetValue<string>(), at["schema"]!["format"]!.GetValue<string>()));
    }

    [Fact]
    public async Task A_reconnect_answers_with_a_test_or_the_address_of_a_sign_in()
    {
        var document = await Document();
        var schema = document.Operation("reconnectConnection").Response("200")!;
        Assert.Empty(await document.Errors(schema, """{"id": "11111111-1111-4111-8111-111111111111", "authorizeUrl": "https://login.example.com/authorize"}"""));
        Assert.Empty(await document.Errors(schema, """{"outcome": "ok", "message": "Connected.", "steps": [], "account": null}"""));
        Assert.NotEmpty(await document.Errors(schema, """{"anything": 1}"""));
    }

    [Theory]
    [InlineData("listConnections", "/api/connections", "connected")]
    [InlineData("listActivities", "/api/activities", "succeeded")]
    public async Task Internal_states_are_neither_described_nor_accepted(string operation, string path, string known)
    {
        var document = await Document();
        Assert.DoesNotContain("\"absent\"", document.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("\"abandoned\"", document.Text, StringComparison.Ordinal);
        var status = document.Operation(operation).Json["parameters"]!.AsArray().Single(p => p!["name"]!.GetValue<string>() == "status")!;
        Assert.Contains(known, status["schema"]!["enum"]!.AsArray().Select(value => value!.GetValue<string>()));
        foreach (var state in Internal)
        {
            using var refused = await shared.Admin.GetAsync($"{path}?status={state}");
            var problem = await refused.Content.ReadAsStringAsync();
            Assert.Equal(400, (int)refused.StatusCode);
            Assert.Contains("status: Must be one of ", problem, StringComparison.Ordinal);
            foreach (var other in Internal) Assert.DoesNotContain(other, problem, StringComparison.Ordinal);
        }

        using var accepted = await shared.Admin.GetAsync($"{path}?status={known}");
        Assert.Equal(200, (int)accepted.StatusCode);
    }

    [Fact]
    public async Task Problems_are_described_by_status_with_all_their_members()
    {
        var document = await Document();
        var problem = document.Schemas["Problem"]!;
        foreach (var member in new[] { "title", "status", "detail", "code", "errors", "connectionId", "kind", "steps", "egressAddresses" })
            Assert.NotNull(problem["properties"]![member]);
        Assert.Equal(Problems.Codes.Order(), problem["properties"]!["code"]!["enum"]!.AsArray().Select(code => code!.GetValue<string>()).Order());
        foreach (var operation in document.Operations.Where(o => o.Name.Contains(" /api/", StringComparison.Ordinal)))
        {
            string[] always = operation.Body is null ? ["401", "429", "503"] : ["400", "401", "413", "415", "429", "503"];
            Assert.Empty(always.Except(operation.Statuses));
            Assert.Equal(operation.Json["description"]!.GetValue<string>().Contains("viewer", StringComparison.Ordinal), !operation.Statuses.Contains("403"));
            foreach (var status in operation.Statuses.Where(s => s[0] is '4' or '5'))
                Assert.Equal("#/components/schemas/Problem", operation.Response(status)!["$ref"]!.GetValue<string>());
        }
    }

    private static IEnumerable<JsonNode> All(ApiDocument document, JsonNode schema)
    {
        var (open, seen) = (new Stack<JsonNode>([schema]), new HashSet<JsonNode>());
        while (open.TryPop(out var next))
        {
            var found = document.Resolve(next);
            if (!seen.Add(found)) continue;
            yield return found;
            foreach (var property in found["properties"]?.AsObject() ?? []) open.Push(property.Value!);
            if (found["items"] is { } items) open.Push(items);
            foreach (var choice in found["oneOf"]?.AsArray() ?? []) open.Push(choice!);
        }
    }

    private Task<ApiDocument> Document() => ApiDocument.From(shared.Admin);
}
