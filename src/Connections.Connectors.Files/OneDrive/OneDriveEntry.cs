using Connections.Connectors.Catalogue;
using Connections.Connectors.Definitions;
using Connections.Connectors.Files;

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
                FileActivities.Describe(FileActivities.List, $"{{{DriveField}, {Everywhere}}}"),
                FileActivities.Describe(FileActivities.Fetch, Drive),
                FileActivities.Describe(FileActivities.Upload, Drive),
                FileActivities.Describe(FileActivities.Delete, Drive)
            ],
            Concurrency: 4,
            OAuth: signIn.OAuth,
            Documentation: "https://learn.microsoft.com/graph/api/resources/onedrive");
    }
}
