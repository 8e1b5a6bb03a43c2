using Connections.Connectors;
using Connections.Connectors.Catalogue;
using Connections.Operations.Connections;
using EventSourcing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Operations.Tests;

public sealed class ConnectorHintTests : IAsyncDisposable
{
    private readonly ServiceProvider services =
        new ServiceCollection().AddLogging().AddConnectors(new ConfigurationBuilder().Build()).BuildServiceProvider();

    [Theory]
    [InlineData("mariadb", "\"mysql\"")]
    [InlineData("MariaDB", "\"mysql\"")]
    [InlineData("postgresql", "\"postgres\"")]
    public void The_error_for_an_unknown_connector_names_the_one_that_is_meant(string typed, string expected) =>
        Assert.Contains(expected, Reject(typed).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("nonesuch")]
    [InlineData("")]
    [InlineData(null)]
    public void Without_a_similar_connector_there_is_no_hint(string? typed) =>
        Assert.DoesNotContain("The connector for", Reject(typed).Message, StringComparison.Ordinal);

    public ValueTask DisposeAsync() => services.DisposeAsync();

    private RejectedException Reject(string? typed) => Assert.Throws<RejectedException>(
        () => new ConnectionForms(services.GetRequiredService<ConnectorCatalogue>(), TimeProvider.System).Find(typed));
}
