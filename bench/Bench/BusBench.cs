using TestServers;

namespace Bench;

/// <summary>
/// Activities through a broker of one's own, beside the parts that none can be had without: the two messages, the two appends and the rows.
/// Their CPU is this process's; the broker's, and that of a log on a server, is its own. Each is measured as fast as it goes, where the
/// floors, which are faster, share a sync and a confirm among more, and at one rate for all, where none shares more than another.
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
                folder.File("road"), [.. settings, ("Bus:Transport", "rabbitmq"), ("Bus:Connection", broker.Address)]);
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

    // each part has a log of its own: the events of the floor are no activities that could be told
    private static async Task<T> WithLog<T>(string log, Func<(string, string)[], Task<T>> measure)
    {
        if (log != "double") return await measure([]);
        await using var server = await EventStoreDoubleServer.Launch();
        return await measure([("EventLog:Store", "eventstoredb"), ("EventLog:Connection", server.Connection)]);
    }
}
