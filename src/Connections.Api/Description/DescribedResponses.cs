namespace Connections.Api.Description;

/// <summary>The statuses of the problems that an endpoint can answer with, beside those of every endpoint.</summary>
internal sealed record RejectedStatuses(IReadOnlyList<int> Statuses);

/// <summary>The types of a response with status 200 that has one of several forms.</summary>
internal sealed record ResponseForms(IReadOnlyList<Type> Types);

internal static class DescribedResponses
{
    public static RouteHandlerBuilder Rejects(this RouteHandlerBuilder endpoint, params int[] statuses) =>
        endpoint.WithMetadata(new RejectedStatuses(statuses));

    public static RouteHandlerBuilder ProducesOneOf(this RouteHandlerBuilder endpoint, params Type[] types) =>
        endpoint.Produces(200, types[0], "application/json").WithMetadata(new ResponseForms(types));
}
