using Connections.Domain.Activity;
using Connections.Domain.Connection;
using Connections.Web.Responses;

namespace Connections.Console.Words;

/// <param name="Tone">The class of its colour: <c>good</c>, <c>soon</c>, <c>bad</c>, <c>warn</c>, <c>busy</c>, <c>off</c>.</param>
public sealed record StatusWord(string Mark, string Word, string Tone);

/// <summary>The words and marks of statuses. A mark stands beside each word, so that no colour carries a meaning alone.</summary>
public static class StatusWords
{
    public static StatusWord For(ConnectionResponse connection, DateTimeOffset now) => connection.Status switch
    {
        ConnectionStatus.Connected when connection is { Expiring: true, Expires: { } expires } => new("◔", $"Ends in {TimeWords.Days(expires.At - now)}", "soon"),
        var status => For(status)
    };

    public static StatusWord For(ConnectionStatus status) => status switch
    {
        ConnectionStatus.Connected => new("●", "Connected", "good"),
        ConnectionStatus.ReauthRequired => new("✕", "Reconnect needed", "bad"),
        ConnectionStatus.Unreachable => new("!", "Not reachable", "warn"),
        ConnectionStatus.Authorizing => new("…", "Sign-in not finished", "busy"),
        _ => new("–", "Deleted", "off")
    };

    public static StatusWord For(ActivityStatus status) => status switch
    {
        ActivityStatus.Requested => new("○", "Accepted", "busy"),
        ActivityStatus.Running => new("▸", "Running", "busy"),
        ActivityStatus.Waiting => new("◔", "Waiting", "soon"),
        ActivityStatus.Succeeded => new("✓", "Done", "good"),
        ActivityStatus.Failed => new("✕", "Failed", "bad"),
        ActivityStatus.Unknown => new("?", "Outcome unknown", "warn"),
        _ => new("–", "Cancelled", "off")
    };

    public static string Basis(string basis) => basis switch
    {
        "idle" => "the provider ends sign-ins that are not used",
        "absolute" => "the provider ends every sign-in after this time",
        "token" => "this sign-in cannot be renewed",
        "rotateBy" => "the credentials have to be changed by then",
        _ => "assumed: the provider names no end"
    };

    public static string AccountBasis(string basis) => basis switch
    {
        "server" => "as the server reports it",
        "address" => "as typed",
        "" => "",
        _ => "as the provider reports it"
    };
}
