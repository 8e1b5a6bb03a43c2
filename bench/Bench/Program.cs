using Bench;

return args switch
{
    ["log", "--store", "eventstoredb", .. var options] => await EventStoreDbBench.Run(Options.Of(options)),
    ["log", .. var options] => await LogBench.Run(Options.Of(options)),
    _ => Usage()
};

static int Usage()
{
    Console.Error.WriteLine("bench log [--appenders 64] [--seconds 5] [--subscribers 0] [--bytes 300] [--events 0] [--folder DIR]");
    Console.Error.WriteLine("bench log --store eventstoredb --connection esdb://… [--appenders 64] [--seconds 5] [--bytes 300]");
    return 2;
}
