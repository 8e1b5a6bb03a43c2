using System.Text.Json;
using Connections.Connectors;
using Connections.Domain;
using Connections.Domain.Connection;
using Connections.Domain.Token;
using Connections.Operations.Connections;
using Connections.ReadModels.Connections;
using Connections.ReadModels.Grants;

namespace Connections.Web.Responses;

/// <summary>A connection as callers see it.</summary>
/// <param name="Scopes">The scopes granted at the sign-in, possibly fewer than requested; null for connections without a sign-in.</param>
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

    /// <param name="grant">Null when the credentials do not expire.</param>
    /// <param name="forecast">When the credentials are expected to expire or have to be replaced; null when neither is expected.</param>
    /// <param name="lastUse">When an activity last succeeded over the connection; null when unknown.</param>
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

/// <summary>When the sign-in is expected to expire or the credentials have to be replaced, and the basis of that forecast.</summary>
public sealed record Expiry(DateTimeOffset At, string Basis);

public sealed record TestResponse(string Outcome, string Message, IReadOnlyList<ProbeStep> Steps, Account? Account)
{
    public static TestResponse From(ProbeReport report) => new(report.Outcome, report.Message, report.Result.Steps, report.Result.Account);
}

/// <param name="Version">The revision of the event in its stream.</param>
/// <param name="Type">The stored name of the event.</param>
public sealed record HistoryItem(long Version, string Type, DateTimeOffset At, string Actor, string Summary, JsonElement Data);
