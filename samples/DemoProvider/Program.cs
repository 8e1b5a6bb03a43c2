using DemoProvider;

try
{
    await (await Provider.Build(DemoSettings.Read(new ConfigurationBuilder().AddEnvironmentVariables().AddCommandLine(args).Build()))).RunAsync();
    return 0;
}
catch (ArgumentException e)
{
    await Console.Error.WriteLineAsync(e.Message);
    return 1;
}
