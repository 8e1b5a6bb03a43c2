namespace EndToEnd.Tests.Hosts;

/// <summary>Tests of whole deployments on shared servers run one after the other, in parallel with other collections.</summary>
[CollectionDefinition(Name)]
public sealed class WorkingHosts : ICollectionFixture<WorkingDeployment>
{
    public const string Name = "whole deployments";
}
