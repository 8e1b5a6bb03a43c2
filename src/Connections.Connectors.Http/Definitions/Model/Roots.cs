namespace Connections.Connectors.Definitions.Model;

/// <summary>The values that expressions may read, by place.</summary>
internal static class Roots
{
    public static readonly IReadOnlyList<string> Server = ["settings", "kept", "operator"];

    /// <summary>The only place where credentials can be read.</summary>
    public static readonly IReadOnlyList<string> Authentication = ["settings", "credentials"];

    public static readonly IReadOnlyList<string> Probe = [.. Server, "at"];

    public static readonly IReadOnlyList<string> ProbeAnswer = [.. Probe, "body", "headers", "status", "probe"];

    /// <summary>Before anything is sent.</summary>
    public static readonly IReadOnlyList<string> Input = ["input", "settings", "at"];

    public static readonly IReadOnlyList<string> Request = ["input", .. Server, "activity", "page", "at", "steps", "item", "index", "file"];

    public static readonly IReadOnlyList<string> Answer = [.. Request, "body", "headers", "status", "items"];
}
