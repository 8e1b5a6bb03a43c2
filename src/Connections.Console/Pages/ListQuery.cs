using Connections.Domain.Connection;
using Microsoft.AspNetCore.WebUtilities;

namespace Connections.Console.Pages;

/// <summary>The selection that My Connections shows: the filter, the order and the page, as its address holds them.</summary>
public sealed record ListQuery(string? Connector, string? Status, bool Expiring, string? Text, string Sort, string? Cursor)
{
    public static readonly IReadOnlyList<ConnectionStatus> Statuses =
        [ConnectionStatus.ReauthRequired, ConnectionStatus.Unreachable, ConnectionStatus.Connected, ConnectionStatus.Deleted];

    private static readonly string[] Sorts = ["attention", "name", "lastConnected", "expires"];

    public static ListQuery Read(IQueryCollection query)
    {
        string? One(string name) => query[name].ToString() is { Length: > 0 and <= 500 } text ? text : null;
        return new ListQuery(
            One("connector"),
            One("status") is { } status && Statuses.Any(s => Name(s) == status) ? status : null,
            One("expiring") is not null,
            One("q"),
            Sorts.Contains(One("sort")) ? One("sort")! : Sorts[0],
            One("cursor"));
    }

    /// <summary>The address below the base.</summary>
    public string Address(string page = "connections")
    {
        var values = new (string Name, string? Value)[]
        {
            ("connector", Connector), ("status", Status), ("expiring", Expiring ? "1" : null), ("q", Text),
            ("sort", Sort == Sorts[0] ? null : Sort), ("cursor", Cursor)
        };
        return QueryHelpers.AddQueryString(page, values.Where(v => v.Value is not null).ToDictionary(v => v.Name, v => v.Value));
    }

    public bool IsFiltered => (Connector, Status, Text) != (null, null, null) || Expiring;

    public static string Name(ConnectionStatus status) => System.Text.Json.JsonNamingPolicy.CamelCase.ConvertName(status.ToString());
}
