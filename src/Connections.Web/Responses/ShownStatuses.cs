using System.Text.Json;
using Connections.Domain.Activity;
using Connections.Domain.Connection;

namespace Connections.Web.Responses;

/// <summary>The statuses that callers see. The domain has others, for what does not exist.</summary>
public static class ShownStatuses
{
    private static readonly string[] Hidden = [nameof(ConnectionStatus.Absent), nameof(ConnectionStatus.Abandoned), nameof(ActivityStatus.Absent)];

    public static IReadOnlyList<string> For(Type status) =>
        [.. Enum.GetNames(status).Except(Hidden).Select(JsonNamingPolicy.CamelCase.ConvertName)];
}
