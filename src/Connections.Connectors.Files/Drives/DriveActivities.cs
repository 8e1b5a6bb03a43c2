using System.Text.Json.Nodes;
using Connections.Connectors.Catalogue;

namespace Connections.Connectors.Drives;

/// <summary>The common activities of drives, with what a provider adds to their inputs.</summary>
internal static class DriveActivities
{
    public const string List = "list-files";
    public const string Fetch = "fetch-file";
    public const string Upload = "upload-file";
    public const string Delete = "delete-file";

    /// <param name="vendor">The properties of the member <c>vendor</c>, as JSON; null: none.</param>
    public static ActivityDescription Describe(string id, string? vendor, JsonNode? example = null)
    {
        var common = CommonActivities.Find(id)!;
        var input = common.Input.DeepClone();
        if (vendor is not null)
        {
            input["properties"]!["vendor"] = new JsonObject
            {
                ["type"] = "object",
                ["additionalProperties"] = false,
                ["properties"] = JsonNode.Parse(vendor)
            };
        }

        return new ActivityDescription(
            id, common.Name, common.Description, input, common.Output.DeepClone(), example ?? common.Example?.DeepClone());
    }
}
