using DemoProvider;

try
{
    await (await Provider.Build(DemoSettings.Read(new ConfigurationBuilder().AddEnvironmentVariables().AddCommandLine(args).Build()))).RunAsync();
    return 0;
}
catch (ArgumentException refused)
{
    await Console.Error.WriteLineAsync(refused.Message);
    return 1;
}
