namespace EndToEnd.Tests.Hosts;

/// <summary>Tests that start many processes, and run alone.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class Alone
{
    public const string Name = "many processes";
}
