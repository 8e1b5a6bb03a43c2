using DemoProvider;

await (await Provider.Build(DemoSettings.Read(new ConfigurationBuilder().AddEnvironmentVariables().AddCommandLine(args).Build()))).RunAsync();
