using Connections.Connectors.Catalogue;
using Connections.Connectors.Definitions;
using Connections.Connectors.Drives;

namespace Connections.Connectors.OneDrive;

internal static class OneDriveEntry
{
    public const string Id = "onedrive";

    private const string DriveField =
        """
        "drive": {
          "type": "string", "minLength": 1, "maxLength": 256,
          "description": "The id of another drive, such as a shared library; the person's own if absent."
        }
        """;

    private const string Everywhere =
        """
        "everywhere": {
          "type": "boolean",
          "description": "Whether the folders below are searched too. Only with query; new files are found some time later."
        }
        """;

    private const string Drive = $"{{{DriveField}}}";

    public static CatalogueEntry Create()
    {
        var signIn = SignInFile.Embedded(typeof(OneDriveEntry).Assembly, "onedrive.yaml");
        return new CatalogueEntry(
            Id, "OneDrive", "files", "List, fetch, upload and delete files in OneDrive and in document libraries.", "oauth2", [], [],
            signIn.Scopes,
            [
                DriveActivities.Describe(DriveActivities.List, $"{{{DriveField}, {Everywhere}}}"),
                DriveActivities.Describe(DriveActivities.Fetch, Drive),
                DriveActivities.Describe(DriveActivities.Upload, Drive),
                DriveActivities.Describe(DriveActivities.Delete, Drive)
            ],
            Concurrency: 4,
            OAuth: signIn.OAuth,
            Documentation: "https://learn.microsoft.com/graph/api/resources/onedrive");
    }
}
