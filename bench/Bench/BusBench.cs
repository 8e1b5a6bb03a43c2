using TestServers;

namespace Bench;

/// <summary>
/// Activities through a broker of one's own, beside the parts that none can be had without: the two messages, the two appends and the rows.
/// Their CPU is this process's; the broker's, and that of a log on a server, is its own.
/// </summary>
internal static class BusBench
{
    public static async Task Run(Options options)
    {
        var (callers, warmup, seconds) = (options.Number("callers", 32), options.Number("warmup", 10), options.Number("seconds", 15));
        var log = options.Text("log") ?? "sqlite";
        await using var broker = await RabbitMqServer.Create();
        using var folder = new Folder(options);
        var messages = await MessageFloor.Measure(broker.Address, callers, warmup, seconds);
        var records = await WithLog(log, settings => RecordFloor.Measure(folder.File("floor"), settings, callers, warmup, seconds));
        var measured = await WithLog(log, async settings =>
        {
            await using var road = await Road.Open(
                folder.File("road"), [.. settings, ("Bus:Transport", "rabbitmq"), ("Bus:Connection", broker.Address)]);
            await road.Load(callers, warmup);
            return await road.Load(callers, seconds);
        });
        var ofFloors = Math.Round(measured.CpuMicroseconds / (messages.CpuMicroseconds + records.CpuMicroseconds), 2);
        Report.Print("bus", measured, new { log, ofFloors }, ("messages", messages), ("records", records));
    }

    // each part has a log of its own: the events of the floor are no activities that could be told
    private static async Task<Measured> WithLog(string log, Func<(string, string)[], Task<Measured>> measure)
    {
        if (log != "double") return await measure([]);
        await using var server = await EventStoreDoubleServer.Launch();
        return await measure([("EventLog:Store", "eventstoredb"), ("EventLog:Connection", server.Connection)]);
    }
}
