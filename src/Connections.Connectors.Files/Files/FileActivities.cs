using System.Text.Json;
using System.Text.Json.Nodes;
using Connections.Connectors.Catalogue;
using Connections.Domain;

namespace Connections.Connectors.Files;

/// <summary>The common activities with files, and their inputs.</summary>
internal static class FileActivities
{
    public const string List = "list-files";
    public const string Fetch = "fetch-file";
    public const string Upload = "upload-file";
    public const string Delete = "delete-file";

    private const int DefaultLimit = 100;

    /// <summary>The failure of a fetch without a file store.</summary>
    public static ConnectorResult.Failed NoStore { get; } =
        new(FailureKind.Operator, "There is no file store here, so the file was not fetched.", Delivered.No, Answered: true);

    public static IReadOnlyList<string> All { get; } = [List, Fetch, Upload, Delete];

    /// <param name="vendor">The properties of the member <c>vendor</c> of the input, as JSON; null: none.</param>
    public static ActivityDescription Describe(string id, string? vendor = null, JsonNode? example = null)
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

        return new ActivityDescription(id, common.Name, common.Description, input, common.Output.DeepClone(), example ?? common.Example?.DeepClone());
    }

    public static int Limit(JsonElement input) => Json.Number(input, "limit") is { } limit ? (int)limit : DefaultLimit;

    public static bool Replace(JsonElement input) => Json.Member(input, "replace").ValueKind == JsonValueKind.True;

    public static ConnectorResult.Failed Wrong(string message) => new(FailureKind.InvalidInput, message, Delivered.No, Answered: true);
}
