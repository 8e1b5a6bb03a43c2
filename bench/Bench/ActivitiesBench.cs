namespace Bench;

/// <summary>Measures activities through the whole embedded flow in this process, over the in-memory bus.</summary>
internal static class ActivitiesBench
{
    public static async Task Run(Options options)
    {
        using var folder = new Folder(options);
        var callers = options.Number("callers", 32);
        var transaction = Floors.Transaction(folder.File($"floor-{Guid.NewGuid():n}.db"), 600);
        var message = await Floors.Message(callers);
        await Fill.Data(folder, options);
        await using var transport = await ActivityFlow.Open(folder.Path);
        await transport.Load(callers, options.Number("warmup", 3));
        var measured = await transport.Load(callers, options.Number("seconds", 10));
        var (caughtUp, eventsBefore) = transport.CaughtUp;
        Report.Print("activities", measured, new { eventsBefore, caughtUp }, ("transaction", transaction), ("message", message));
    }
}
