using System.Text.Json;
using Connections.Connectors.Catalogue;

namespace Connections.Connectors.Definitions.Running;

/// <summary>The activity that every definition has: any request below its own servers, where the connection allows it.</summary>
internal static class RequestActivity
{
    public const string Id = "request";
    public const string Setting = "allowRequests";

    public static ActivityDescription Description { get; } = Describe();

    public static bool IsAllowed(JsonElement settings) => Json.Member(settings, Setting).ValueKind == JsonValueKind.True;

    /// <summary>True for the safe methods.</summary>
    public static bool IsRepeatable(JsonElement input) => Json.Text(input, "method") is "GET" or "HEAD" or "OPTIONS";

    private static ActivityDescription Describe()
    {
        var common = CommonActivities.Find(Id)!;
        return new ActivityDescription(Id, common.Name, common.Description, common.Input, common.Output, common.Example);
    }
}
