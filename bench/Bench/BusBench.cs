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
        var (callers, warmup, seconds) = (options.Number("callers", 32), options.Number("warmup", 5), options.Number("seconds", 15));
        await using var broker = await RabbitMqServer.Create();
        await using var server = options.Text("log") == "double" ? await EventStoreDoubleServer.Launch() : null;
        (string, string)[] log = server is null ? [] : [("EventLog:Store", "eventstoredb"), ("EventLog:Connection", server.Connection)];
        using var folder = new Folder(options);

        var messages = await MessageFloor.Measure(broker.Address, callers, warmup, seconds);
        var records = await RecordFloor.Measure(folder.File("floor"), log, callers, warmup, seconds);
        await using var road = await Road.Open(
            folder.File("road"), [.. log, ("Bus:Transport", "rabbitmq"), ("Bus:Connection", broker.Address)]);
        await road.Load(callers, warmup);
        var measured = await road.Load(callers, seconds);
        var floor = messages.CpuMicroseconds + records.CpuMicroseconds;
        Report.Print(
            "bus",
            measured,
            new { log = server is null ? "sqlite" : "double", ofFloors = Math.Round(measured.CpuMicroseconds / floor, 2) },
            ("messages", messages),
            ("records", records));
    }
}
