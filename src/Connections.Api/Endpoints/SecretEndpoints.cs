using System.Text.Json;
using Connections.Connectors.Catalogue;
using Connections.Credentials.OneTime;
using Connections.Domain;
using Connections.Hosting.Keys;
using Connections.Web.Keys;
using EventSourcing;

namespace Connections.Api.Endpoints;

public sealed record CreateSecretRequest(JsonElement? Credentials);

public sealed record CreatedSecretResponse(string Reference, DateTimeOffset ExpiresAt);

/// <summary>Stores secrets for bus commands: a message holds a reference, never the secret.</summary>
public static class SecretEndpoints
{
    public static void MapSecrets(this IEndpointRouteBuilder routes) => routes.MapPost("/api/secrets", Put)
        .WithTags("Secrets").WithName("createSecret").WithSummary("Stores credentials for one bus command that names the returned reference").Needs(Role.Manager)
        .Produces<CreatedSecretResponse>(201);

    private static async Task<IResult> Put(CreateSecretRequest body, HttpContext http, IOneTimeSecrets secrets, CancellationToken ct)
    {
        if (body.Credentials is not { ValueKind: JsonValueKind.Object } credentials || !JsonText.IsReadable(credentials))
        {
            const string Problem = "Must be an object with the credentials of the connector's form.";
            throw new RejectedException("request.malformed", Problem) { Errors = [new FieldError("credentials", Problem)] };
        }

        var made = await secrets.Put(http.Key().Workspace, Secret.From(credentials), ct);
        return TypedResults.Created((string?)null, new CreatedSecretResponse(made.Reference, made.ExpiresAt));
    }
}
