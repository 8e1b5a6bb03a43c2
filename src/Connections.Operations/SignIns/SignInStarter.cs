using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Connections.Connectors.OAuth;
using Connections.Credentials.Vault;
using Connections.Domain;
using Connections.Domain.Connection;
using Connections.Operations.Claims;
using Connections.Operations.Connections;
using EventSourcing;

namespace Connections.Operations.SignIns;

/// <summary>The address for the person, and the cookie by which their browser is recognised.</summary>
public sealed record StartedSignIn(Guid Id, string AuthorizeUrl, Guid Attempt, string Cookie);

/// <summary>Starts sign-ins: claims the name, stores the verifier in the vault, and appends the event last.</summary>
public sealed class SignInStarter(
    ConnectionStreams connections, SignInConnectors connectors, SignInStates states, ClaimKeeper claims, IVault vault, TimeProvider clock)
{
    /// <summary>Starts a sign-in for a new connection. Null: the same request was fulfilled before.</summary>
    /// <param name="callback">The address to which the provider sends the browser back.</param>
    public async Task<StartedSignIn?> Connect(RequestContext context, NewConnection wanted, Uri callback, CancellationToken ct)
    {
        var connector = connectors.Find(wanted.Connector!, context.Workspace);
        ConnectionForms.NoRotation(connector.Entry, wanted.RotateBy);
        var settings = ConnectionForms.ReadSettings(connector.Entry, wanted.Settings);
        var name = ConnectionName.Parse(wanted.Name);
        return await Start(context, wanted.Id, async (now, token) =>
        {
            var started = Begin(connector, name, settings);
            if (now.State.Exists)
            {
                return started.SameBody(now.State.Creation!) ? null : throw new RejectedException(
                    "connection.id-reused", "A connection with this id was created with another body. Use a new id.");
            }

            ConnectionDecider.Decide(new StartAuthorization(started), now.State);
            var taken = await claims.TakeName(context, wanted.Id, connector.Entry.Id, name, token);
            now.OnFailure(() => claims.GiveBack([taken], context, CancellationToken.None));
            return new SignInStart(started, connector);
        }, callback, ct);
    }

    /// <summary>Starts a sign-in for an existing connection, to the same account.</summary>
    public async Task<StartedSignIn> Reconnect(RequestContext context, Guid id, DateTimeOffset? rotateBy, Uri callback, CancellationToken ct) =>
        (await Start(context, id, (now, _) =>
        {
            var live = ConnectionDecider.RequireExisting(now.State);
            var connector = connectors.Find(now.State.Creation!.Connector, context.Workspace);
            ConnectionForms.NoRotation(connector.Entry, rotateBy);
            return Task.FromResult<SignInStart?>(new SignInStart(Begin(connector, now.State.Name, live.Settings), connector));
        }, callback, ct))!;

    internal static string VerifierEntry(Guid attempt) => $"s-{attempt:n}";

    private AuthorizationStarted Begin(SignInConnector connector, string name, JsonElement settings) =>
        new(Guid.NewGuid(), connector.Entry.Id, name, settings, clock.GetUtcNow() + SignInTime.Life);

    private sealed record SignInStart(AuthorizationStarted Started, SignInConnector Connector);

    // Null: there is nothing to start.
    private async Task<StartedSignIn?> Start(
        RequestContext context,
        Guid id,
        Func<Preparation<ConnectionState>, CancellationToken, Task<SignInStart?>> prepare,
        Uri callback,
        CancellationToken ct)
    {
        (string Address, Guid Attempt)? begun = null;
        await connections.Handle(context.Connection(id), context.Metadata, async (now, token) =>
        {
            begun = null;
            if (await prepare(now, token) is not var (started, connector)) return null;
            begun = (await StoreVerifier(context, id, started, connector, callback, token), started.Attempt);
            return new StartAuthorization(started);
        }, ct);
        return begun is var (address, attempt) ? new StartedSignIn(id, address, attempt, await states.Cookie(attempt, ct)) : null;
    }

    // The verifier is stored in the vault before the person is sent to the address.
    private async Task<string> StoreVerifier(
        RequestContext context, Guid id, AuthorizationStarted started, SignInConnector connector, Uri callback, CancellationToken ct)
    {
        var verifier = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));
        var address = Address(connector.With(started.Settings), verifier, await states.Create(new SignInReference(context.Connection(id), started.Attempt), ct), callback);
        var secret = Secret.From(JsonSerializer.SerializeToElement(new Dictionary<string, string> { ["verifier"] = verifier }));
        await vault.Store(context.Connection(id), VerifierEntry(started.Attempt), secret, ct);
        return address;
    }

    private static string Address(SignInConnector connector, string verifier, string state, Uri callback)
    {
        var query = new Dictionary<string, string>(connector.OAuth.AuthorizeParameters ?? new Dictionary<string, string>())
        {
            ["response_type"] = "code",
            ["client_id"] = connector.Application.ClientId,
            ["redirect_uri"] = callback.AbsoluteUri,
            ["scope"] = string.Join(connector.OAuth.ScopeSeparator, connector.Scopes),
            ["state"] = state,
            ["code_challenge"] = Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(verifier))),
            ["code_challenge_method"] = "S256"
        };
        try
        {
            var address = connector.Application.Fill(connector.OAuth.AuthorizeUrl, connector.OAuth);
            return $"{address}?{string.Join('&', query.Select(q => $"{Uri.EscapeDataString(q.Key)}={Uri.EscapeDataString(q.Value)}"))}";
        }
        catch (OAuthSettingsException missing)
        {
            throw new RejectedException("connector.not-configured", missing.Message);
        }
    }
}
