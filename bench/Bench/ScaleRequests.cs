using System.Diagnostics;
using System.Text.RegularExpressions;

namespace Bench;

/// <summary>The requests that <see cref="ScaleBench"/> measures, by HTTP against Standalone.</summary>
internal sealed partial class ScaleRequests(HostedService deployment, int times)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);
    private static readonly string[] Sorts = ["created", "attention", "name", "lastConnected", "expires"];

    private readonly List<(string Name, string Path)> all = [];

    public IReadOnlyList<(string Name, string Path)> All => all;

    /// <summary>Reads every list to its end for the cursor of its last page, and signs in to the console.</summary>
    public async Task Prepare()
    {
        var first = (await deployment.Get("/api/connections?limit=1000")).GetProperty("items").EnumerateArray().ToArray();
        var (connection, name) = (first[^1].GetProperty("id"), first[^1].GetProperty("name").GetString()!);
        var activity = (await deployment.Get("/api/activities?limit=1")).GetProperty("items")[0];
        Add("read of a connection", $"/api/connections/{connection}");
        Add("read of an activity", $"/api/activities/{activity.GetProperty("id")}");
        var numbers = new HashSet<int>();
        foreach (var sort in Sorts)
        {
            var (last, number) = await LastPage(sort);
            numbers.Add(number);
            Add($"list by {sort}", $"/api/connections?sort={sort}");
            Add($"list by {sort}, last page", $"/api/connections?sort={sort}&cursor={last}");
        }

        if (numbers.Count != 1) throw new InvalidOperationException($"The orders list different numbers of connections: {string.Join(", ", numbers)}.");
        Console.WriteLine($"{numbers.Single()} connections in the measured workspace");
        Add("search, common word", "/api/connections?q=shop");
        Add("search, one match", $"/api/connections?q={Uri.EscapeDataString(name)}");
        Add("search, no match", "/api/connections?q=zzzqqq");
        foreach (var status in (string[])["connected", "reauthRequired", "unreachable", "deleted"])
        {
            Add($"status {status}", $"/api/connections?status={status}");
            Add($"status {status}, by name", $"/api/connections?status={status}&sort=name");
        }

        foreach (var connector in (string[])[ScaleFill.Common, ScaleFill.Rare])
        {
            Add($"connector {connector}", $"/api/connections?connector={connector}");
            Add($"connector {connector}, by attention", $"/api/connections?connector={connector}&sort=attention");
            Add($"connector {connector}, unreachable", $"/api/connections?connector={connector}&status=unreachable");
        }

        Add("sign-ins that end in 30 days", "/api/connections?expiringWithinDays=30");
        Add("sign-ins that end in 30 days, by end", "/api/connections?expiringWithinDays=30&sort=expires");
        Add("activities", "/api/activities");
        Add("activities of a connection", $"/api/activities?connectionId={activity.GetProperty("connectionId")}");
        Add("activities failed", "/api/activities?status=failed");
        Add("activities of a workflow", $"/api/activities?caller.workflow={ScaleFill.Workflow(0)}");
        await SignIn();
        Add("console, overview", "/");
        Add("console, My Connections", "/connections");
        Add("console, search", "/connections?q=shop");
        Add("console, status", "/connections?status=unreachable");
        Add("console, expiring", "/expiring");
        Add("console, one connection", $"/connections/{connection}");
        Add("console, marketplace", "/marketplace");
        Add("console, activities", "/activities");
    }

    public async Task Call(string path)
    {
        using var response = await deployment.Http.GetAsync(new Uri(path, UriKind.Relative));
        if (!response.IsSuccessStatusCode) throw new InvalidOperationException($"{path}: {response.StatusCode}");
        await response.Content.CopyToAsync(Stream.Null);
    }

    /// <summary>Repeats the work, for ten seconds at most.</summary>
    public async Task<ScaleResult> Measure(string store, string name, Func<Task> work, int process)
    {
        await work();
        using var meter = new Meter(Process.GetProcessById(process));
        var done = 0;
        for (; done < times && (done < 5 || meter.Elapsed < Limit); done++)
        {
            var since = Stopwatch.GetTimestamp();
            await work();
            meter.Done(since);
        }

        var measured = meter.Read();
        var cpu = measured.CpuMicroseconds / 1_000;
        Console.Error.WriteLine($"{store}, {name}: {measured.P50Milliseconds:N1} {measured.P99Milliseconds:N1} {cpu:N1} ({done})");
        return new ScaleResult(store, name, measured.P50Milliseconds, measured.P99Milliseconds, cpu);
    }

    private void Add(string name, string path) => all.Add((name, path));

    private async Task<(string Cursor, int Number)> LastPage(string sort)
    {
        var (last, number) = ("", 0);
        for (string? next = ""; next is not null;)
        {
            var page = await deployment.Get($"/api/connections?limit=1000&sort={sort}&cursor={next}");
            last = next;
            number += page.GetProperty("items").GetArrayLength();
            next = page.TryGetProperty("next", out var further) ? further.GetString() : null;
        }

        return (last, number);
    }

    private async Task SignIn()
    {
        var page = await deployment.Http.GetStringAsync(new Uri("/sign-in", UriKind.Relative));
        var key = deployment.Http.DefaultRequestHeaders.Authorization!.Parameter!;
        using var form = new FormUrlEncodedContent(
            new Dictionary<string, string> { ["form-token"] = FormToken().Match(page).Groups[1].Value, ["key"] = key });
        using var response = await deployment.Http.PostAsync(new Uri("/sign-in", UriKind.Relative), form);
        if (!response.IsSuccessStatusCode) throw new InvalidOperationException($"The sign-in failed: {response.StatusCode}.");
    }

    [GeneratedRegex("name=\"form-token\" value=\"([^\"]+)\"")]
    private static partial Regex FormToken();
}
