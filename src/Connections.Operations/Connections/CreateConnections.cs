using System.Text.Json;
using Connections.Connectors;
using Connections.Credentials.Vault;
using Connections.Domain;
using Connections.Domain.Connection;
using Connections.Operations.Claims;
using EventSourcing;

namespace Connections.Operations.Connections;

/// <summary>A request for a new connection.</summary>
public sealed record NewConnection(
    Guid Id, string? Connector, string? Name, JsonElement? Settings, JsonElement? Credentials, bool SkipTest, DateTimeOffset? RotateBy = null);

/// <summary>
/// Creates connections: claims the name, tests the credentials, claims the account, stores the secret, and appends the event last.
/// </summary>
public sealed class CreateConnections(
    ConnectionStreams connections,
    ConnectionForms forms,
    ConnectionProbe probe,
    ClaimKeeper claims,
    Fingerprints fingerprints,
    IVault vault,
    ProbeRejections rejections)
{
    public async Task<Guid> Create(RequestContext context, NewConnection wanted, CancellationToken ct, IProgress<ProbeStep>? steps = null)
    {
        if (forms.Find(wanted.Connector).Entry is { OAuth: not null } entry && entry.SignsIn(wanted.Settings ?? default))
            throw ConnectionForms.Invalid(
                [new FieldError("connector", $"{entry.Name} connects by sign-in: use POST /api/connections, which returns the address.")]);
        var (draft, name) = Read(wanted);
        var now = await connections.Load(context.Connection(wanted.Id), ct);
        if (now.State.Status != ConnectionStatus.Absent)
        {
            ConnectionDecider.Decide(new CreateConnection(Created(wanted, draft, name, "", Unknown, [], "")), now.State);
            return wanted.Id;
        }

        forms.CheckRotation(wanted.RotateBy);
        var taken = new List<Claim> { await claims.TakeName(context, wanted.Id, draft.Connector.Entry.Id, name, ct) };
        try
        {
            var created = await Try(context, wanted, draft, name, steps, ct);
            taken.AddRange(await claims.TakeAccount(context, wanted.Id, created.Fingerprints, ct));
            await vault.StoreBound(context.Connection(wanted.Id), created.VaultEntry, draft.Credentials, created.Connector, created.Settings, ct);
            await connections.Handle(context.Connection(wanted.Id), new CreateConnection(created), context.Metadata, ct);
            return wanted.Id;
        }
        catch (RejectedException)
        {
            await claims.GiveBack(taken, context, CancellationToken.None);
            throw;
        }
    }

    /// <summary>Whether the same request was fulfilled before. Credentials are not compared, and not needed.</summary>
    /// <exception cref="RejectedException"><c>connection.id-reused</c>: with another body.</exception>
    public async Task<bool> IsMade(RequestContext context, NewConnection wanted, CancellationToken ct)
    {
        var now = await connections.Load(context.Connection(wanted.Id), ct);
        if (now.State.Creation is not { } made) return false;
        var entry = forms.Find(wanted.Connector).Entry;
        var again = made with
        {
            Connector = entry.Id,
            Name = ConnectionName.Parse(wanted.Name),
            Settings = ConnectionForms.ReadSettings(entry, wanted.Settings),
            RotateBy = wanted.RotateBy
        };
        return CreateConnection.SameBody(made, again) ? true : throw new RejectedException(
            "connection.id-reused", "A connection with this id was created with another body. Use a new id.");
    }

    /// <summary>Tests a form without creating a connection.</summary>
    public async Task<ProbeReport> Test(
        RequestContext context, string? connector, JsonElement? settings, JsonElement? credentials, CancellationToken ct, IProgress<ProbeStep>? steps = null)
    {
        var draft = forms.Read(connector, settings, credentials);
        return await probe.Try(
            context, draft.Connector.Entry.Id, Guid.NewGuid(), 0, draft.Settings, draft.Credentials, byPerson: true, ct, steps: steps);
    }

    private static Account Unknown { get; } = new(null, "", "");

    private (ConnectionDraft Draft, string Name) Read(NewConnection wanted)
    {
        var problem = ConnectionName.Problem(wanted.Name);
        try
        {
            var draft = forms.Read(wanted.Connector, wanted.Settings, wanted.Credentials);
            return (draft, ConnectionName.Parse(wanted.Name));
        }
        catch (RejectedException form) when (form.Errors.Count > 0 && form.Errors[0].Field != "name" && problem is not null)
        {
            throw ConnectionForms.Invalid([new FieldError("name", problem), .. form.Errors]);
        }
    }

    private async Task<ConnectionCreated> Try(
        RequestContext context, NewConnection wanted, ConnectionDraft draft, string name, IProgress<ProbeStep>? steps, CancellationToken ct)
    {
        var connector = draft.Connector.Entry.Id;
        var entry = $"v1-{Guid.NewGuid():n}";
        if (wanted.SkipTest)
        {
            var typed = draft.Connector.IdentitiesAsTyped(draft.Settings, draft.Credentials);
            var account = draft.Connector.AccountAsTyped(draft.Settings, draft.Credentials);
            return Created(
                wanted, draft, name, entry, account, await fingerprints.Compute(context.Workspace, connector, typed, ct), Outcome.Skipped);
        }

        var probed = await probe.Try(context, connector, wanted.Id, 0, draft.Settings, draft.Credentials, byPerson: true, ct, steps: steps);
        if (rejections.RejectionFor(probed) is { } rejection) throw rejection;
        return Created(wanted, draft, name, entry, probed.Result.Account!, probed.Fingerprints, Outcome.Ok);
    }

    private static ConnectionCreated Created(
        NewConnection wanted,
        ConnectionDraft draft,
        string name,
        string entry,
        Account account,
        IReadOnlyList<string> fingerprints,
        string outcome) =>
        new(draft.Connector.Entry.Id, name, draft.Settings, draft.Masked, entry, account, fingerprints, outcome, RotateBy: wanted.RotateBy,
            Definition: draft.Connector.Entry.Version);
}
