using System.Net.Http.Headers;
using System.Text.Json;
using Connections.Hosting;
using TransportSecurity;

namespace Standalone;

/// <summary>The command <c>console</c>: prints a new one-time address of the running service, which its data folder leads to.</summary>
internal static class ConsoleAddress
{
    private const string Command = "console";
    private const string AddressFile = "address";

    public static bool IsRequested(string[] args) => args is [Command, ..];

    /// <summary>Keeps the address at which the service listens, for the command.</summary>
    public static Task Store(EmbeddedFolder folder, string? address, CancellationToken ct) =>
        address is null ? Task.CompletedTask : folder.Write(AddressFile, address, ct);

    /// <exception cref="CommandException">The service does not run, or does not take its key.</exception>
    public static async Task Print(string[] args)
    {
        var configuration = new ConfigurationBuilder().AddEnvironmentVariables().AddCommandLine(args[1..]).Build();
        var folder = new EmbeddedFolder(ServiceSettings.Embedded(configuration).DataFolder!);
        if (!File.Exists(folder.ApiKeyPath) || !File.Exists(folder.In(AddressFile)))
            throw CommandException.Failed($"{folder.Path} holds no running service. Start it, or name its folder with --data.");
        var address = (await File.ReadAllTextAsync(folder.In(AddressFile))).Trim();
        using var client = new HttpClient(ServerTrust.InSystem.CreateHandler());
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", (await File.ReadAllTextAsync(folder.ApiKeyPath)).Trim());
        try
        {
            using var response = await client.PostAsync(new Uri($"{address}/api/console/addresses"), null);
            if (!response.IsSuccessStatusCode) throw CommandException.Failed($"{address} answered {(int)response.StatusCode}. Is it another service?");
            using var body = JsonDocument.Parse(await response.Content.ReadAsStringAsync());
            Console.WriteLine($"{address}{body.RootElement.GetProperty("path").GetString()}");
        }
        catch (HttpRequestException)
        {
            throw CommandException.Failed($"No service answers at {address}. Start it first.");
        }
    }
}
