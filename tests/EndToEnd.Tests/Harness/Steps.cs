using TestServers;

namespace EndToEnd.Tests.Harness;

/// <summary>Steps that many tests share.</summary>
public static class Steps
{
    public static string NewName() => $"orders {Guid.NewGuid():n}";

    /// <summary>Creates a connection.</summary>
    public static async Task<Guid> Connect(this Api api, Role role, string? name = null, bool allowWrites = false) =>
        (await api.Post("/api/connections", role.Connection(name ?? NewName(), allowWrites))).Is(201)["id"].GetGuid();

    /// <summary>Runs an activity and returns its id.</summary>
    public static async Task<Guid> Query(this Api api, Guid connection, string sql = "select 1", object? parameters = null) =>
        (await api.Post("/api/activities", new { connectionId = connection, activity = "run-query", input = Input(sql, parameters) })).Is(202)["id"].GetGuid();

    public static async Task<Guid> QueryByName(this Api api, string name, string sql = "select 1") => (await api.Post(
        "/api/activities",
        new { connection = new { connector = "postgres", name }, activity = "run-query", input = Input(sql, null) })).Is(202)["id"].GetGuid();

    public static Task<ApiResponse> Activity(this Api api, Guid id) => api.Get($"/api/activities/{id}");

    public static Task<ApiResponse> Connection(this Api api, Guid id) => api.Get($"/api/connections/{id}");

    /// <summary>Waits for an activity to reach a status.</summary>
    public static Task<ApiResponse> Reaches(this Api api, Guid activity, string status, TimeSpan? limit = null) => Until.Seen(
        async () => (await api.Activity(activity)).Is(200), a => a["status"].GetString() == status, $"activity {activity} is {status}", limit);

    public static Task<ApiResponse> ConnectionReaches(this Api api, Guid connection, string status, TimeSpan? limit = null) => Until.Seen(
        async () => (await api.Connection(connection)).Is(200), c => c["status"].GetString() == status, $"connection {connection} is {status}", limit);

    public static Task<ApiResponse> Waits(this Api api, Guid activity, string waitingFor) => Until.Seen(
        async () => (await api.Activity(activity)).Is(200),
        a => a["status"].GetString() == "waiting" && a["waitingFor"].GetString() == waitingFor,
        $"activity {activity} waits for {waitingFor}");

    public static async Task<string[]> HistoryTypes(this Api api, Guid connection) =>
        [.. (await api.Get($"/api/connections/{connection}/history")).Is(200)["items"].EnumerateArray().Select(i => i.GetProperty("type").GetString()!)];

    private static object Input(string sql, object? parameters) => parameters is null ? new { sql } : new { sql, parameters };
}
