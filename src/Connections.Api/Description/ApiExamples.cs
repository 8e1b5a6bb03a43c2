using System.Text.Json.Nodes;

namespace Connections.Api.Description;

/// <summary>An example body for each request that has one, as in the README.</summary>
internal static class ApiExamples
{
    private const string Settings = """{"host": "db.example.com", "port": 5432, "database": "shop", "tls": "verify-full"}""";
    private const string Credentials = """{"username": "app", "password": "…"}""";

    private static readonly Dictionary<string, string> Bodies = new()
    {
        ["POST api/connections/test"] = $$"""{"connector": "postgres", "settings": {{Settings}}, "credentials": {{Credentials}}}""",
        ["POST api/connections"] =
            $$"""
            {"id": "11111111-1111-4111-8111-111111111111", "connector": "postgres", "name": "Shop", "settings": {{Settings}}, "credentials": {{Credentials}}}
            """,
        ["PATCH api/connections/{id}"] = """{"name": "Web shop"}""",
        ["POST api/connections/{id}/reconnect"] = $$"""{"credentials": {{Credentials}}}""",
        ["POST api/activities"] =
            """
            {"connection": {"connector": "postgres", "name": "Shop"}, "activity": "run-query",
             "input": {"sql": "SELECT * FROM orders WHERE customer = $1", "parameters": ["ACME"], "maxRows": 100},
             "caller": {"workflow": "nightly-report", "run": "2026-11-22", "step": "orders"}}
            """,
        ["POST api/activities/{id}/settle"] = """{"outcome": "succeeded", "note": "The order is there."}""",
        ["POST api/secrets"] = $$"""{"credentials": {{Credentials}}}""",
        ["POST api/keys"] = """{"name": "reporting", "role": "runner", "expiresAt": "2027-01-31T00:00:00Z"}"""
    };

    public static JsonNode? Find(string? method, string? path) =>
        Bodies.TryGetValue($"{method} {path?.TrimEnd('/').Replace(":guid", "", StringComparison.Ordinal)}", out var body) ? JsonNode.Parse(body) : null;
}
