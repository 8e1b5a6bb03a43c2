using Connections.Contracts;
using EndToEnd.Tests.Harness;

namespace EndToEnd.Tests.Canaries;

/// <summary>Searches everywhere for the secrets that were sent through every way.</summary>
public sealed class SecretCanaryTests(SharedService common)
{
    private static readonly Dictionary<string, string> EverythingLogged =
        new[] { "Default", "MassTransit", "Microsoft.AspNetCore", "Quartz", "Microsoft.Extensions.Hosting.Internal.Host" }
        .ToDictionary(category => $"Logging__LogLevel__{category}", _ => "Trace");

    [Fact]
    public async Task No_secret_is_in_a_file_a_log_or_a_response_of_the_service()
    {
        await using var providers = await Providers.Start(common);
        using var folder = new DataFolder();
        var settings = providers.Settings.Select(s => KeyValuePair.Create(s.Key.Replace(":", "__", StringComparison.Ordinal), s.Value));
        await using var service = await StandaloneProcess.Start(folder.Path, EverythingLogged.Concat(settings).ToDictionary());
        var ways = new SecretWays(service.Api, providers);
        await ways.GoAll();
        var key = new Canary("the API key", service.Api.Key!, service.Api.Key!);
        var metrics = Place.Create(Place.Metrics, "/metrics", await service.Api.Metrics());
        IReadOnlyList<Place> running = [.. Place.Files(folder.Path, "while it runs"), .. Place.Answers(service.Api), metrics];
        await service.Process.Stop();
        IReadOnlyList<Place> places = [.. running, .. Place.Files(folder.Path, "at its end"), Place.Create(Place.Log, "output", service.Process.Output)];

        places.Everywhere(ways.Marker, Place.File, Place.Answer);
        places.Everywhere(ways.Connections[0].ToString(), Place.File, Place.Answer, Place.Log);
        places.Everywhere("connections_loop_position", Place.Metrics);
        Assert.Contains("trce:", service.Process.Output, StringComparison.Ordinal);
        places.Nowhere(ways.Canaries);
        places.Where(p => !p.Name.StartsWith("api-key", StringComparison.Ordinal)).ToList().Nowhere([key]);
    }

    [Fact]
    public async Task No_secret_is_in_a_message_a_trace_or_an_exception()
    {
        await using var providers = await Providers.Start(common);
        using var folder = new DataFolder();
        IReadOnlyList<Place> places;
        SecretWays ways;
        await using (var host = await InProcessHost.Start(folder.Path, builder =>
        {
            foreach (var (name, value) in providers.Settings) builder.Configuration[name] = value;
        }))
        {
            ways = new SecretWays(host.Api, providers);
            await ways.GoAll();
            foreach (var connector in SecretWays.Expected.Keys)
                foreach (var right in await providers.Ways(connector)) await OverTheBus(host, ways, right);
            places = await host.Places();
        }

        places = [.. places, .. Place.Files(folder.Path, "at its end")];
        places.Everywhere(ways.Marker, Place.File, Place.Answer, Place.Message, Place.Fault);
        places.Everywhere(ways.Connections[0].ToString(), Place.Log, Place.Trace);
        places.Everywhere("connections_loop_position", Place.Metrics);
        places.Nowhere(ways.Canaries);
    }

    private static async Task OverTheBus(InProcessHost host, SecretWays ways, FilledForm right)
    {
        var (id, settings) = (Guid.NewGuid(), System.Text.Json.JsonSerializer.SerializeToElement(right.Settings));
        var refused = new CreateConnection(
            "default", Guid.NewGuid(), id, right.Connector, $"{ways.Marker} {id}", settings, await ways.Leave(ways.Wrong(right)));
        await host.Send(refused, "create-connection");
        await host.Published("CommandRefused", refused.CommandId.ToString());
        await host.Send(refused with { CommandId = Guid.NewGuid(), SecretReference = await ways.Leave(right) }, "create-connection");
        await host.Published("ConnectionCreated", id.ToString());

        var reconnect = new ReconnectConnection("default", Guid.NewGuid(), id, await ways.Leave(ways.Wrong(right)));
        await host.Send(reconnect, "reconnect-connection");
        await host.Published("CommandRefused", reconnect.CommandId.ToString());
        await host.Send(reconnect with { CommandId = Guid.NewGuid(), SecretReference = await ways.Leave(right) }, "reconnect-connection");
        await host.Published("ConnectionReconnected", id.ToString());
        await host.Send(new DeleteConnection("default", Guid.NewGuid(), id), "delete-connection");
        await host.Published("ConnectionDeleted", id.ToString());
    }
}
