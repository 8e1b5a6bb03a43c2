using TestServers;

namespace Bench;

/// <summary>
/// Measures activities through a separate broker, and their unavoidable parts (floors): the two messages, the two appends and the rows. The
/// CPU time is that of this process, without the broker or a log server. Each is measured at full speed and at one common rate. At full
/// speed the floors are faster, so more operations share a sync and a confirm; at the common rate the sharing is equal.
/// </summary>
internal static class BusBench
{
    public static async Task Run(Options options)
    {
        var (callers, warmup, seconds) = (options.Number("callers", 32), options.Number("warmup", 10), options.Number("seconds", 15));
        var rate = options.Number("rate", 500);
        var log = options.Text("log") ?? "sqlite";
        await using var broker = await RabbitMqServer.Create();
        using var folder = new Folder(options);
        var messages = await MessageFloor.Measure(broker.Address, Loads);
        var records = await WithLog(log, settings => RecordFloor.Measure(folder.File("floor"), settings, Loads));
        var measured = await WithLog(log, async settings =>
        {
            await using var transport = await ActivityFlow.Open(
                folder.File("flow"), [.. settings, ("Bus:Transport", "rabbitmq"), ("Bus:Connection", broker.Address)]);
            return await Loads(transport.Run);
        });
        Report.Print(
            "bus",
            measured.Fast,
            new { log, ofFloors = Ratio(measured.Fast, messages.Fast, records.Fast) },
            ("messages", messages.Fast),
            ("records", records.Fast));
        Report.Print(
            "busAtRate",
            measured.AtRate,
            new { log, ofFloors = Ratio(measured.AtRate, messages.AtRate, records.AtRate) },
            ("messages", messages.AtRate),
            ("records", records.AtRate));

        async Task<(Measured Fast, Measured AtRate)> Loads(Func<int, Task> work)
        {
            await Crowd.Measure(callers, TimeSpan.FromSeconds(warmup), work);
            return (await Crowd.Measure(callers, TimeSpan.FromSeconds(seconds), work),
                await Crowd.Measure(callers, TimeSpan.FromSeconds(seconds), work, rate));
        }
    }

    private static double Ratio(Measured measured, Measured messages, Measured records) =>
        Math.Round(measured.CpuMicroseconds / (messages.CpuMicroseconds + records.CpuMicroseconds), 2);

    // Each part uses its own log, because the events of the floor are not complete activities.
    private static async Task<T> WithLog<T>(string log, Func<(string, string)[], Task<T>> measure)
    {
        if (log != "double") return await measure([]);
        await using var server = await EventStoreDoubleServer.LaunchProcess();
        return await measure([("EventLog:Store", "eventstoredb"), ("EventLog:Connection", server.Connection)]);
    }
}
