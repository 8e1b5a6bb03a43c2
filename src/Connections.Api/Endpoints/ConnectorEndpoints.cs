using Connections.Api.Description;
using Connections.Connectors.Catalogue;
using Connections.Connectors.Guard;
using Connections.Hosting.Keys;
using Connections.Web.Keys;
using EventSourcing;
using Microsoft.Extensions.Options;

namespace Connections.Api.Endpoints;

/// <summary>Lists the connectors, with the form, scopes and activities of each.</summary>
public static class ConnectorEndpoints
{
    public static void MapConnectors(this IEndpointRouteBuilder routes)
    {
        var connectors = routes.MapGroup("/api/connectors").WithTags("Connectors");
        connectors.MapGet("/", (string? category, string? q, ConnectorCatalogue catalogue, IOptions<NetworkOptions> network) =>
                new ConnectorList([.. catalogue.Search(category, q).Select(e => ToResponse(e, network.Value))], null, catalogue.Broken))
            .WithName("listConnectors").WithSummary("Lists the connectors").Needs(Role.Viewer);
        connectors.MapGet("/{id}", (string id, ConnectorCatalogue catalogue, IOptions<NetworkOptions> network) =>
                catalogue.Find(id) is { } found
                    ? ToResponse(found.Entry, network.Value)
                    : throw new RejectedException("connector.not-found", $"{catalogue.Absence(id)} GET /api/connectors lists them."))
            .WithName("getConnector").WithSummary("Gets a connector: its form, scopes, activities and their schemas").Needs(Role.Viewer).Rejects(404);
    }

    private static ConnectorResponse ToResponse(CatalogueEntry e, NetworkOptions network) => new(
        e.Id, e.Name, e.Category, e.Description, e.Authentication, e.Settings, e.Credentials, e.Scopes, e.Activities, e.Concurrency,
        network.EgressAddresses, e.Documentation, e.Custom, e.Version);
}

/// <param name="Broken">Connectors of users that are left out because of mistakes in their files.</param>
public sealed record ConnectorList(IReadOnlyList<ConnectorResponse> Items, string? Next, IReadOnlyList<BrokenConnector> Broken);

/// <param name="Custom">Whether a user defined the connector.</param>
/// <param name="Version">The version of its definition; null for a connector in code.</param>
/// <param name="EgressAddresses">The addresses that the service calls from, for the allow list of a firewall.</param>
public sealed record ConnectorResponse(
    string Id,
    string Name,
    string Category,
    string Description,
    string Authentication,
    IReadOnlyList<FormField> Settings,
    IReadOnlyList<FormField> Credentials,
    IReadOnlyList<Scope> Scopes,
    IReadOnlyList<ActivityDescription> Activities,
    int Concurrency,
    IReadOnlyList<string> EgressAddresses,
    string? Documentation,
    bool Custom,
    string? Version);
