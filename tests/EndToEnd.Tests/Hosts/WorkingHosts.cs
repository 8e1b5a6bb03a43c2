namespace EndToEnd.Tests.Hosts;

/// <summary>Tests of whole deployments on shared servers: one after the other, and beside the tests of other collections.</summary>
[CollectionDefinition(Name)]
public sealed class WorkingHosts
{
    public const string Name = "whole deployments";
}
