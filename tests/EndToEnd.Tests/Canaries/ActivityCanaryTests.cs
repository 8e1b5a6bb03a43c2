using System.Text;
using System.Text.Json;
using Connections.Contracts;
using EndToEnd.Tests.Harness;

namespace EndToEnd.Tests.Canaries;

/// <summary>Inputs and outputs of activities are visible to the caller, and sealed everywhere else.</summary>
public sealed class ActivityCanaryTests(SharedService common)
{
    private static readonly Dictionary<string, string> EverythingLogged =
        new[] { "Default", "MassTransit", "Microsoft.AspNetCore", "Quartz" }.ToDictionary(category => $"Logging__LogLevel__{category}", _ => "Trace");

    [Fact]
    public async Task Inputs_outputs_and_quoted_errors_are_in_no_file_and_no_log_and_only_in_activity_responses()
    {
        var role = await common.NewRole();
        await using var echo = await EchoApi.Start();
        using var folder = new DataFolder();
        await using var service = await StandaloneProcess.Start(folder.Path, EverythingLogged);
        var ways = new ActivityWays(service.Api, role, echo);
        await ways.GoAll();
        IReadOnlyList<Place> running = [.. Place.Files(folder.Path, "while it runs"), .. Place.Answers(service.Api)];
        await service.Process.Stop();
        IReadOnlyList<Place> places = [.. running, .. Place.Files(folder.Path, "at its end"), Place.Create(Place.Log, "output", service.Process.Output)];
        places.Everywhere(ways.Marker, Place.File, Place.Answer);
        places.Everywhere("POST", Place.Log);
        Judge(places, ways);
    }

    [Fact]
    public async Task Inputs_outputs_and_quoted_errors_are_in_no_message_except_the_end_of_an_activity()
    {
        var role = await common.NewRole();
        await using var echo = await EchoApi.Start();
        using var folder = new DataFolder();
        IReadOnlyList<Place> places;
        ActivityWays ways;
        await using (var host = await InProcessHost.Start(folder.Path))
        {
            ways = new ActivityWays(host.Api, role, echo);
            await ways.GoAll();
            var connection = (await host.Api.Get($"/api/connections?q={ways.Marker}&connector=postgres")).Is(200)["items"][0].GetProperty("id").GetGuid();
            var sent = new RunActivity("default", Guid.NewGuid(), connection, null, "run-query", JsonSerializer.SerializeToElement(ways.Query()));
            await host.Send(sent, "run-activity");
            await host.Published(nameof(ActivityFinished), sent.ActivityId.ToString());
            (await host.Api.Get($"/api/activities/{sent.ActivityId}")).Is(200);
            places = await host.Places();
        }

        places.Everywhere(ways.Marker, Place.File, Place.Answer, Place.Message);
        // The sender's own message, and the published end of the activity.
        var theirs = places.Where(p => p.Kind == Place.Message && (p.Name is nameof(RunActivity) or nameof(ActivityFinished) or "at /run-activity")).ToList();
        Assert.NotEmpty(theirs.Finds(ways.Outputs));
        theirs.Where(p => p.Name == nameof(ActivityFinished) && !Failed(p)).ToList().Nowhere(ways.Inputs);
        // Exceptions of the drivers quote the provider, and are caught where they are thrown. The service's own messages do not.
        Judge([.. places.Except(theirs).Where(p => !(p.Kind == Place.Fault && p.Name is "PostgresException"))], ways);
    }

    private static bool Failed(Place message) =>
        Encoding.UTF8.GetString(message.Bytes.Span).Contains("\"Outcome\":\"failed\"", StringComparison.Ordinal);

    private static void Judge(IReadOnlyList<Place> places, ActivityWays ways)
    {
        var answers = places.Where(p => p.Kind == Place.Answer).ToList();
        bool OfActivities(Place p) => p.Name.StartsWith("GET /api/activities", StringComparison.Ordinal)
            || p.Name.EndsWith("/cancel", StringComparison.Ordinal) || p.Name.EndsWith("/retry", StringComparison.Ordinal);
        Assert.NotEmpty(answers.Where(OfActivities).Finds(ways.Inputs));
        Assert.NotEmpty(answers.Where(OfActivities).Finds(ways.Outputs));
        places.Where(p => p.Kind != Place.Answer || !OfActivities(p)).ToList().Nowhere(ways.All);
    }
}
