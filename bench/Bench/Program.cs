using Bench;

return args switch
{
    ["log", .. var options] => await LogBench.Run(Options.Of(options)),
    _ => Usage()
};

static int Usage()
{
    Console.Error.WriteLine("bench log [--appenders 64] [--seconds 5] [--subscribers 0] [--bytes 300] [--events 0] [--folder DIR]");
    return 2;
}
