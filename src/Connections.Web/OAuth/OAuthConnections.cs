using System.Text.Json;
using Connections.Domain;
using Connections.Hosting.Keys;
using Connections.Operations;
using Connections.Operations.Connections;
using Connections.Operations.SignIns;
using Connections.Web.Keys;
using EventSourcing;

namespace Connections.Web.OAuth;

/// <param name="AuthorizeUrl">The address where the person signs in, in the browser that received this response.</param>
public sealed record SignInResponse(Guid Id, string AuthorizeUrl);

/// <summary>Creates and reconnects connections of connectors that use a sign-in (OAuth).</summary>
public sealed class OAuthConnections(
    SignInConnectors connectors, SignInStarter start, AdoptGrants adopt, ConnectionStreams connections, PublicAddress address, SignInCookies cookies)
{
    public bool IsFor(string? connector, JsonElement? settings) => connectors.Knows(connector, settings ?? default);

    public async Task<bool> IsFor(RequestContext context, Guid id, CancellationToken ct)
    {
        var now = (await connections.Load(context.Connection(id), ct)).State;
        return IsFor(now.Creation?.Connector, now.Live?.Settings ?? now.Creation?.Settings);
    }

    /// <summary>Returns null when the connection exists, created by this request or an earlier one.</summary>
    public async Task<SignInResponse?> Create(HttpContext http, NewConnection wanted, CancellationToken ct)
    {
        if (RefreshToken(wanted.Credentials) is { } token)
        {
            if (http.Key().Role < Role.Admin)
                throw new RejectedException("request.forbidden", "Only a key of the role admin may submit a refresh token.");
            await adopt.Adopt(http.GetRequestContext(), wanted, token, ct);
            return null;
        }

        return await start.Connect(http.GetRequestContext(), wanted, address.Callback, ct) is { } started ? ToResponse(http, started) : null;
    }

    public async Task<SignInResponse> Reconnect(HttpContext http, Guid id, DateTimeOffset? rotateBy, CancellationToken ct) =>
        ToResponse(http, await start.Reconnect(http.GetRequestContext(), id, rotateBy, address.Callback, ct));

    private SignInResponse ToResponse(HttpContext http, StartedSignIn started)
    {
        cookies.SetBrowserCookie(http, started);
        return new SignInResponse(started.Id, started.AuthorizeUrl);
    }

    private static string? RefreshToken(JsonElement? credentials)
    {
        if (credentials is null or { ValueKind: JsonValueKind.Null }) return null;
        if (credentials is { ValueKind: JsonValueKind.Object } given)
        {
            if (!given.EnumerateObject().Any()) return null;
            if (given.EnumerateObject().ToList() is [{ Name: "refreshToken", Value.ValueKind: JsonValueKind.String } token]
                && token.Value.GetString() is { Length: > 0 } text) return text;
        }

        throw ConnectionForms.Invalid([new FieldError("credentials", "Leave out to sign in, or send {refreshToken} with an admin's key.")]);
    }
}
