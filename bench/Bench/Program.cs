using System.Runtime.Versioning;
using Bench;
using Connections.Hosting;

[assembly: UnsupportedOSPlatform("windows")] // the test servers do not run on Windows

Dictionary<string, (Func<Options, Task> Run, string Usage)> benches = new()
{
    ["activities"] = (ActivitiesBench.Run, "a no-op connector, embedded: [--callers 32] [--seconds 10] [--connections 0] [--events 0] [--data DIR]"),
    ["bus"] = (BusBench.Run, "a no-op connector, with its own RabbitMQ, compared with its floors: [--log sqlite|double] [--callers 32] [--seconds 15] [--warmup 10] [--rate 500]"),
    ["http"] = (HttpBench.Activities, "a real query over HTTP: [--callers 8] [--over 1 connection] [--seconds 10] [--connections 0] [--events 0] [--data DIR]"),
    ["claims"] = (HttpBench.Claims, "create and read connections over HTTP: [--callers 8] [--seconds 10] [--connections 0] [--events 0] [--data DIR]"),
    ["definitions"] = (DefinitionsBench.Run, "one request by a definition and by the http connector, in turn: [--callers 8] [--seconds 10] [--rounds 3]"),
    ["log"] = (LogBench.Run, "appends, reads, a subscription: [--callers 64] [--seconds 5] [--subscribers 0] [--bytes 300] [--events 0] [--data DIR]"),
    ["eventstoredb"] = (EventStoreDbBench.Run, "appends compared with the bare protocol: --connection esdb://… [--callers 64] [--seconds 5] [--bytes 300]"),
    ["projections"] = (ProjectionsBench.Run, "project a log into rows, SQLite and PostgreSQL: [--connections 1000] [--events 60000] [--data DIR]"),
    ["rebuild"] = (RebuildBench.Run, "rebuild read models under load, PostgreSQL: [--connections 1000] [--events 60000] [--rate 200] [--data DIR]"),
    ["refresh"] = (RefreshBench.Run, "token refreshes, compared with the call and the appends alone: [--callers 8] [--seconds 10] [--connections 200]"),
    ["provider"] = (TokenEndpoint.Run, "internal: the provider that bench refresh starts"),
    ["files"] = (FilesBench.Run, "large files fetched and uploaded through the file store, one after the other: [--mebibytes 1024] [--only sftp] [--data DIR]"),
    ["uploads"] = (UploadProvider.Run, "internal: the drives that bench files starts"),
    ["sweep"] = (SweepBench.Run, "find connections due for a health check, SQLite and PostgreSQL: [--connections 1000000] [--due 10000] [--times 20]"),
    ["scale"] = (ScaleBench.Run, "every list, page, read and sweep of a large deployment: [--connections 1000000] [--events 10000000] [--workspaces 10] [--store sqlite,postgresql] [--connection …] [--times 200] [--chart FILE] [--data DIR]"),
    ["cells"] = (CellsBench.Run, "simulates a day over many cells: [--millions 1000] [--workspaces 100000] [--skew 90] [--rate 300] [--reserve 30] [--failures 20] [--minutes 30] [--seed 1]"),
    ["start"] = (HttpBench.Start, "time until ready, then memory and CPU at rest: [--times 5] [--seconds 5]")
};
if (args.Length % 2 == 1 && benches.TryGetValue(args[0], out var bench))
{
    return await StartGuard.Run(() => bench.Run(Options.Parse(args[1..])));
}

foreach (var (name, (_, usage)) in benches) Console.Error.WriteLine($"bench {name,-12} {usage}");
return 2;
