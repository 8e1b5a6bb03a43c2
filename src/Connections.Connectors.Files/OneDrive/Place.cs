using Connections.Connectors.Catalogue;
using Connections.Connectors.Drives;

namespace Connections.Connectors.OneDrive;

/// <summary>
/// Where a file or folder is, by its id or by its path from the top (https://learn.microsoft.com/graph/onedrive-addressing-driveitems).
/// </summary>
internal sealed record Place
{
    private readonly string drive;
    private readonly string item;

    private Place(string drive, string item) => (this.drive, this.item) = (drive, item);

    /// <summary>The path of the request about the item itself.</summary>
    public string Item => $"{drive}/{item}";

    /// <param name="named">An id, or a path that begins with a slash; null for the top.</param>
    /// <exception cref="DriveException">The path is not valid.</exception>
    public static Place Find(DriveCall call, string? named)
    {
        var drive = Json.Given(call.Vendor, "drive") ?? call.Kept.GetValueOrDefault("drive");
        var within = drive is null ? "me/drive" : $"drives/{Uri.EscapeDataString(drive)}";
        var parts = named?.Split('/', StringSplitOptions.RemoveEmptyEntries) ?? [];
        if (parts.Length == 0) return new Place(within, "root");
        if (!named!.StartsWith('/'))
        {
            return parts.Length == 1
                ? new Place(within, $"items/{Uri.EscapeDataString(named)}")
                : throw DriveException.Wrong("Name a file or folder by its id, or by its path from the top, which begins with /.");
        }

        return new Place(within, $"root:/{string.Join('/', parts.Select(part => Uri.EscapeDataString(OneDriveNames.Check(part))))}:");
    }

    /// <summary>A request about what is below the item: its children, its content.</summary>
    public string To(string what) => $"{Item}/{what}";

    /// <summary>The item of this name in the folder.</summary>
    public Place Child(string name)
    {
        var escaped = Uri.EscapeDataString(name);
        return new Place(drive, item.EndsWith(':') ? $"{item[..^1]}/{escaped}:" : $"{item}:/{escaped}:");
    }
}
