using System.Diagnostics;
using Connections.Domain;
using Connections.Domain.Connection;

namespace Connections.Web.Responses;

/// <summary>Describes an event in one sentence for people.</summary>
public static class EventSummary
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
        ConnectionExpiring { Basis: "rotateBy" } x => $"Its credentials have to be replaced within {Days(x.DaysLeft)}.",
        ConnectionExpiring x => $"Its sign-in is expected to expire in {Days(x.DaysLeft)}.",
        AuthorizationStarted => "A sign-in was started.",
        AuthorizationCodeReceived => "The provider returned an authorization code.",
        AuthorizationFailed f => $"The sign-in failed: {f.Message}",
        ConnectionDeleted => "Deleted.",
        ConnectionAbandoned => "Abandoned before it was created: another connection took its name or account.",
        ConnectionSecretsDestroyed => "Its credentials were destroyed.",
        _ => throw new UnreachableException($"{e.GetType().Name} has no summary: add it to {nameof(EventSummary)}")
    };

    private static string Days(int days) => days == 1 ? "1 day" : $"{days} days";
}
