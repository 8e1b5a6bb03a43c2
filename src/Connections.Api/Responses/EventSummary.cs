using System.Diagnostics;
using Connections.Domain;
using Connections.Domain.Connection;

namespace Connections.Api.Responses;

/// <summary>An event as a sentence for people.</summary>
internal static class EventSummary
{
    public static string Describe(ConnectionEvent e) => e switch
    {
        ConnectionCreated c => $"Connected to {c.Account.Display} as \"{c.Name}\".",
        ConnectionTested { Outcome: Outcome.Ok, Requested: true } => "Tested: it works.",
        ConnectionTested { Outcome: Outcome.Ok } => "Checked: it works.",
        ConnectionTested t => $"{(t.Requested ? "Tested" : "Checked")}: {t.Message}",
        ConnectionReauthRequired r => $"Needs a reconnect: {r.Reason}",
        ConnectionReconnected r => $"Reconnected to {r.Account.Display}.",
        ConnectionRenamed r => $"Renamed to \"{r.Name}\".",
        ConnectionFenced => "Lost its claim to a name or account that it no longer had.",
        ConnectionExpiring { Basis: "rotateBy" } x => $"Its credentials are to be changed within {x.DaysLeft} {(x.DaysLeft == 1 ? "day" : "days")}.",
        ConnectionExpiring x => $"Its sign-in is expected to end in {x.DaysLeft} {(x.DaysLeft == 1 ? "day" : "days")}.",
        AuthorizationStarted => "Somebody was sent to sign in.",
        AuthorizationCodeReceived => "Somebody came back from signing in.",
        AuthorizationFailed f => $"The sign-in failed: {f.Message}",
        ConnectionDeleted => "Deleted.",
        ConnectionAbandoned => "Given up before it was created: another connection took its name or account.",
        ConnectionSecretsDestroyed => "Its credentials were destroyed.",
        _ => throw new UnreachableException($"{e.GetType().Name} has no sentence")
    };
}
