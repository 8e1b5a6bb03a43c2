using Connections.Connectors.Drives;

namespace Connections.Connectors.OneDrive;

/// <summary>https://support.microsoft.com/office/restrictions-and-limitations-in-onedrive-and-sharepoint-64883a5d-228e-48f5-b3d2-eb39e07630fa</summary>
internal static class OneDriveNames
{
    /// <exception cref="DriveException">OneDrive takes no such name.</exception>
    public static string Check(string name)
    {
        DriveNames.Check(name, longest: 255, forbidden: "\"*:<>?/\\|");
        if (name.StartsWith(' ') || name.EndsWith(' ') || name.EndsWith('.'))
            throw DriveException.Wrong("The name must not begin or end with a blank, nor end with a dot.");
        return name;
    }
}
