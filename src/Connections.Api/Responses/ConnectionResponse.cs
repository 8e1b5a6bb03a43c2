using System.Text.Json;
using Connections.Connectors;
using Connections.Domain;
using Connections.Domain.Connection;
using Connections.Domain.Token;
using Connections.Operations.Connections;
using Connections.ReadModels.Connections;
using Connections.ReadModels.Grants;

namespace Connections.Api.Responses;

/// <summary>A connection as callers see it.</summary>
/// <param name="Scopes">Granted at the sign-in, which may be fewer than were asked for; null where nobody signed in.</param>
public sealed record ConnectionResponse(
    Guid Id,
    string Workspace,
    string Connector,
    string Name,
    ConnectionStatus Status,
    string? StatusReason,
    bool Expiring,
    Account Account,
    string? Region,
    JsonElement Settings,
    JsonElement Credentials,
    int CredentialVersion,
    DateTimeOffset CreatedAt,
    string CreatedBy,
    DateTimeOffset? LastConnectedAt,
    LastTest? LastTest,
    Expiry? Expires,
    IReadOnlyList<string>? Scopes,
    IReadOnlyList<string> Actions,
    long Version)
{
    private static readonly string[] All = ["test", "reconnect", "rename", "delete"];

    /// <param name="grant">Null where nothing of its credentials comes to an end.</param>
    /// <param name="forecast">When they are expected to end, or are to be changed; null where nothing is expected.</param>
    /// <param name="lastUse">When an activity last succeeded over it, as far as is known.</param>
    public static ConnectionResponse Create(
        ConnectionView v, GrantView? grant, Forecast? forecast, DateTimeOffset now, DateTimeOffset? lastUse = null) => new(
        v.Id,
        v.Workspace,
        v.Connector,
        v.Name,
        v.Status,
        v.StatusReason,
        forecast?.Passed(now) is not null,
        v.Account,
        null,
        v.Settings,
        v.Credentials,
        v.CredentialVersion,
        v.CreatedAt,
        v.CreatedBy,
        new[] { lastUse, v.LastConnectedAt, grant?.Connector is null ? null : grant.RenewedAt }.Max(),
        v.LastTest,
        forecast is null ? null : new Expiry(forecast.At, forecast.Basis),
        v.Scopes,
        v.Status switch { ConnectionStatus.Deleted => [], ConnectionStatus.Authorizing => ["delete"], _ => All },
        v.Version);
}

/// <summary>When the sign-in is expected to end or the credentials are to be changed, and what that rests on.</summary>
public sealed record Expiry(DateTimeOffset At, string Basis);

public sealed record TestResponse(string Outcome, string Message, IReadOnlyList<ProbeStep> Steps, Account? Account)
{
    public static TestResponse From(ProbeReport probed) => new(probed.Outcome, probed.Message, probed.Result.Steps, probed.Result.Account);
}

/// <param name="Version">The revision of the event in its stream.</param>
/// <param name="Type">Its stored name.</param>
public sealed record HistoryItem(long Version, string Type, DateTimeOffset At, string Actor, string Summary, JsonElement Data);
