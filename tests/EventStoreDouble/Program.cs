using EventStoreDouble;

// The double as a process, for tests that kill it.
await DoubleServer.Build(args, Console.Out).RunAsync();
