using System.Text.Json;
using Connections.Domain;
using Connections.Hosting;
using Connections.Operations;
using EventSourcing;

namespace Connections.Api;

/// <param name="AuthorizeUrl">Where the person signs in, in the browser that got this answer.</param>
public sealed record SignInAnswer(Guid Id, string AuthorizeUrl);

/// <summary>What creating and reconnecting mean for connectors that one signs in to.</summary>
public sealed class SignInDoor(
    SignInConnectors connectors, StartSignIns start, AdoptGrants adopt, ConnectionStreams connections, PublicAddress address, SignInCookies cookies)
{
    public bool IsFor(string? connector) => connectors.Knows(connector);

    public async Task<bool> IsFor(Who who, Guid id, CancellationToken ct) =>
        IsFor((await connections.Load(ConnectionDecider.Stream(who.Workspace, id), ct)).State.Creation?.Connector);

    /// <summary>Null: it is connected, by this wish or an earlier one.</summary>
    public async Task<SignInAnswer?> Create(HttpContext http, NewConnection wanted, CancellationToken ct)
    {
        if (RefreshToken(wanted.Credentials) is { } token)
        {
            if (http.Key().Role < Role.Admin)
                throw new RejectedException("request.forbidden", "Only an admin hands in a refresh token: whoever has one has the account.");
            await adopt.Adopt(http.Who(), wanted, token, ct);
            return null;
        }

        return await start.Connect(http.Who(), wanted, address.Callback, ct) is { } started ? Told(http, started) : null;
    }

    public async Task<SignInAnswer> Reconnect(HttpContext http, Guid id, DateTimeOffset? rotateBy, CancellationToken ct) =>
        Told(http, await start.Reconnect(http.Who(), id, rotateBy, address.Callback, ct));

    private SignInAnswer Told(HttpContext http, StartedSignIn started)
    {
        cookies.KnowAgain(http, started);
        return new SignInAnswer(started.Id, started.AuthorizeUrl);
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

        throw ConnectionForms.Invalid([new FieldError("credentials", "Left out to sign in; or {refreshToken}, from an admin who has one.")]);
    }
}
