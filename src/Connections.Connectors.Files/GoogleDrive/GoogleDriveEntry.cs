using System.Text.Json.Nodes;
using Connections.Connectors.Catalogue;
using Connections.Connectors.Definitions;
using Connections.Connectors.Files;

namespace Connections.Connectors.GoogleDrive;

internal static class GoogleDriveEntry
{
    public const string Id = "google-drive";

    public static CatalogueEntry Create()
    {
        var signIn = SignInFile.Embedded(typeof(GoogleDriveEntry).Assembly, "google-drive.yaml");
        return new CatalogueEntry(
            Id, "Google Drive", "files", "List, fetch, upload and delete files in Google Drive.", "oauth2", [], [], signIn.Scopes,
            [
                FileActivities.Describe(FileActivities.List,
                    """
                    {
                      "drive": {
                        "type": "string", "minLength": 1, "maxLength": 256, "description": "The id of a shared drive, whose top is listed."
                      },
                      "everywhere": {
                        "type": "boolean", "description": "Whether the files of all folders are listed. Only without folder."
                      }
                    }
                    """),
                FileActivities.Describe(FileActivities.Fetch,
                    $$"""
                    {
                      "format": {
                        "type": "string", "enum": {{GoogleFormats.Names.ToJsonString()}},
                        "description": "The format of a Google document: docx, xlsx, pptx or png if absent. Google exports 10 MB at most."
                      }
                    }
                    """, Example("""{"id": "1a2B3c4D"}""")),
                FileActivities.Describe(FileActivities.Upload, null, Example("""{"folder": "1a2B3c4D", "file": {"id": "0190…"}}""")),
                FileActivities.Describe(FileActivities.Delete,
                    """
                    {
                      "permanent": { "type": "boolean", "description": "Whether the file is deleted for good. Else it goes to the trash." }
                    }
                    """,
                    Example("""{"id": "1a2B3c4D"}"""))
            ],
            Concurrency: 4,
            OAuth: signIn.OAuth,
            Documentation: "https://developers.google.com/workspace/drive/api/reference/rest/v3");
    }

    private static JsonNode Example(string json) => JsonNode.Parse(json)!;
}
