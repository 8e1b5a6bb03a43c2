using System.Text;
using EndToEnd.Tests.Harness;

namespace EndToEnd.Tests;

/// <summary>Canaries: values that occur nowhere else, looked for everywhere.</summary>
public sealed class SecrecyTests(OneForAll common)
{
    private static readonly Dictionary<string, string> EverythingLogged =
        new[] { "Default", "MassTransit", "Microsoft.AspNetCore", "Quartz", "Microsoft.Extensions.Hosting.Internal.Host" }
        .ToDictionary(category => $"Logging__LogLevel__{category}", _ => "Trace");

    [Fact]
    public async Task Secrets_inputs_and_outputs_stand_in_no_log_no_file_and_no_answer_that_is_not_theirs()
    {
        using var folder = new DataFolder();
        var (role, other) = (await common.NewRole(), await common.NewRole());
        var (wrong, input) = ($"wrong{Guid.NewGuid():n}", $"input{Guid.NewGuid():n}");
        var output = Convert.ToHexStringLower(Md5(input));
        var passwords = new List<string> { wrong, role.Password, other.Password };

        await using var service = await Service.Start(folder.Path, EverythingLogged);
        var api = service.Api;
        (await api.Post("/api/connections/test", new { connector = "postgres", settings = role.Settings(), credentials = role.Credentials })).Is(200);
        (await api.Post("/api/connections", new { connector = "postgres", name = "a", settings = role.Settings(), credentials = new { username = role.Name, password = wrong } }))
            .Refuses(422, "connection.credentials-rejected");
        (await api.Raw(HttpMethod.Post, "/api/connections", $$"""{"connector": "postgres", "credentials": {"password": "{{wrong}}"}, "surprise": "{{wrong}}"}""")).Is(400);
        (await api.Raw(HttpMethod.Post, "/api/connections", $$"""{"connector": "postgres", "credentials": {"password": "{{wrong}}" """)).Is(400);
        var id = await api.Connect(role);
        var unused = await api.Connect(other);
        await api.Reaches(await api.Query(id, "select md5($1)", new[] { input }), "succeeded");
        await role.ChangePassword();
        passwords.Add(role.Password);
        var waiting = await api.Query(id, "select md5($1)", new[] { input });
        await api.Waits(waiting, "reauthRequired");
        await api.ConnectionReaches(id, "reauthRequired");
        (await api.Post($"/api/connections/{id}/reconnect", new { credentials = new { username = role.Name, password = wrong } })).Is(422);
        (await api.Post($"/api/connections/{id}/reconnect", new { credentials = role.Credentials })).Is(200);
        await api.Reaches(waiting, "succeeded");
        (await api.Delete($"/api/connections/{unused}")).Is(204);
        foreach (var path in new[] { "/api/connections", $"/api/connections/{id}/history", "/api/activities", "/api/connections?status=deleted", "/openapi/v1.json" })
            (await api.Get(path)).Is(200);

        var heard = string.Join('\n', api.Heard);
        foreach (var secret in passwords) Assert.DoesNotContain(secret, heard, StringComparison.Ordinal);
        foreach (var value in new[] { input, output })
            Assert.All(api.Heard.Where(h => h.Answer.Contains(value, StringComparison.Ordinal)), h => Assert.StartsWith("GET /api/activities", h.Request, StringComparison.Ordinal));
        Assert.Contains(api.Heard, h => h.Answer.Contains(output, StringComparison.Ordinal));

        string[] canaries = [.. passwords, input, output];
        Nowhere(canaries, "files while it runs", Files(folder.Path));
        await service.Process.Stop();
        Nowhere(canaries, "files after its end", Files(folder.Path));
        Assert.Contains("dbug:", service.Process.Output, StringComparison.Ordinal);
        Nowhere(canaries, "output", [("output", service.Process.Output)]);
        Nowhere([api.Key!], "output and files", [("output", service.Process.Output), .. Files(folder.Path).Where(f => f.Name != "api-key")]);
    }

    [Fact]
    public async Task A_value_that_the_database_quotes_in_its_error_stands_in_no_log_and_in_no_file()
    {
        using var folder = new DataFolder();
        var quoted = $"quoted{Guid.NewGuid():n}";
        await using var service = await Service.Start(folder.Path, EverythingLogged);
        var id = await service.Api.Connect(await common.NewRole());
        await service.Api.Reaches(await service.Api.Query(id, "select $1::text::int", new[] { quoted }), "failed");
        await service.Process.Stop();
        Nowhere([quoted], "output and files", [("output", service.Process.Output), .. Files(folder.Path)]);
    }

    private static void Nowhere(string[] canaries, string where, IReadOnlyList<(string Name, string Text)> places)
    {
        Assert.NotEmpty(places);
        var found =
            from place in places
            from canary in canaries
            from form in new[] { canary, Convert.ToBase64String(Encoding.UTF8.GetBytes(canary)).TrimEnd('=')[..^2] }
            let at = place.Text.IndexOf(form, StringComparison.Ordinal)
            where at >= 0
            select $"{canary} in {place.Name} of {where}: {place.Text.Substring(Math.Max(0, at - 100), Math.Min(300, place.Text.Length - Math.Max(0, at - 100)))}";
        Assert.Empty(found);
    }

    private static IReadOnlyList<(string Name, string Text)> Files(string folder) =>
    [
        .. Directory.GetFiles(folder, "*", SearchOption.AllDirectories).Where(f => Path.GetFileName(f) != "lock").Select(f => (Path.GetFileName(f), Read(f)))
    ];

    private static string Read(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using var reader = new StreamReader(file, Encoding.Latin1);
        return reader.ReadToEnd();
    }

    private static byte[] Md5(string text)
    {
#pragma warning disable CA5351 // what the database computes, not a protection
        return System.Security.Cryptography.MD5.HashData(Encoding.UTF8.GetBytes(text));
#pragma warning restore CA5351
    }
}
