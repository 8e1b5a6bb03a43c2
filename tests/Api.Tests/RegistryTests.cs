using System.Text.Json;
using Connections.Contracts;
using Connections.Hosting.RabbitMq;
using Connections.Operations.Messages;
using Connections.ReadModels;
using EventSourcing.Sql.Loops;

namespace Api.Tests;

/// <summary>The registries are complete. A missing entry would be neither registered, migrated, rebuilt nor sent safely.</summary>
public sealed class RegistryTests
{
    [Fact]
    public async Task Each_projection_is_in_the_registry_under_the_name_of_its_checkpoint()
    {
        await using var api = TestApi.Build();
        var projections = typeof(ReadModelRegistry).Assembly.GetExportedTypes()
            .Where(type => type is { IsClass: true, IsAbstract: false } && type.IsAssignableTo(typeof(IProjection))).ToList();
        Assert.NotEmpty(projections);
        var registered = ReadModelRegistry.All.Select(model => (model.Name, Projection: model.Projection(api.App.Services))).ToList();
        Assert.Equal(projections.Select(type => type.Name).Order(), registered.Select(model => model.Projection.GetType().Name).Order());
        Assert.All(registered, model => Assert.Equal(model.Name, model.Projection.Name));
    }

    [Fact]
    public void Each_command_has_a_queue_of_its_name()
    {
        var contracts = Commands(typeof(RunActivity));
        var messages = Commands(typeof(RunAttempt));
        Assert.NotEmpty(contracts);
        Assert.NotEmpty(messages);
        Assert.Equal(contracts.Order(), CommandQueues.Registry.Where(queue => !queue.Internal).Select(queue => queue.Command.Name).Order());
        Assert.Equal(messages.Order(), CommandQueues.Registry.Where(queue => queue.Internal).Select(queue => queue.Command.Name).Order());
        Assert.All(CommandQueues.Registry, queue => Assert.Equal(JsonNamingPolicy.KebabCaseLower.ConvertName(queue.Command.Name), queue.Name));
        Assert.All(CommandQueues.Registry, queue => Assert.Equal(queue.Internal, CommandQueues.IsInternal(queue.Name)));
    }

    // A command has a workspace. Published messages have one too, but derive from one type. Parts of messages have none.
    private static List<string> Commands(Type sample) =>
    [
        .. sample.Assembly.GetExportedTypes()
            .Where(type => type.Namespace == sample.Namespace && type.GetProperty("Workspace") is not null)
            .Where(type => !type.IsAssignableTo(typeof(Published)) && type != typeof(CommandRefused))
            .Select(type => type.Name)
    ];
}
