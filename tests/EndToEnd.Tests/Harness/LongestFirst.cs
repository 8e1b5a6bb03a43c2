using EndToEnd.Tests.Grants;
using EndToEnd.Tests.Hosts;
using Xunit.v3;

[assembly: TestCollectionOrderer(typeof(EndToEnd.Tests.Harness.LongestFirst))]

namespace EndToEnd.Tests.Harness;

/// <summary>Starts the longest collections first, so that none of them runs alone at the end.</summary>
public sealed class LongestFirst : ITestCollectionOrderer
{
    private static readonly string[] Long = [WorkingHosts.Name, nameof(RefreshKillTests), nameof(LateOwnerTests)];

    public IReadOnlyCollection<TTestCollection> OrderTestCollections<TTestCollection>(IReadOnlyCollection<TTestCollection> testCollections)
        where TTestCollection : notnull, Xunit.Sdk.ITestCollection =>
        [.. testCollections.OrderBy(c => Long.Any(name => c.TestCollectionDisplayName.Contains(name, StringComparison.Ordinal)) ? 0 : 1)];
}
