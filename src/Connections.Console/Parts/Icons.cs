namespace Connections.Console.Parts;

/// <summary>The marks of apps, drawn for this service.</summary>
internal static class Icons
{
    private static readonly Dictionary<string, string> ByConnector = new()
    {
        ["postgres"] = "M12 4c-4 0-7 1.3-7 3v10c0 1.7 3 3 7 3s7-1.3 7-3V7c0-1.7-3-3-7-3zm0 2c2.9 0 5 .7 5 1s-2.1 1-5 1-5-.7-5-1 2.1-1 5-1zm5 11c0 .3-2.1 1-5 1s-5-.7-5-1v-2.400c1.3.6 3.1.9 5 .9s3.7-.3 5-.9zm0-5c0 .3-2.1 1-5 1s-5-.7-5-1V9.600c1.3.6 3.1.9 5 .9s3.7-.3 5-.9z",
        ["mysql"] = "M5 5h14v4H5zm2 1.500v1h2v-1zM5 10h14v4H5zm2 1.500v1h2v-1zM5 15h14v4H5zm2 1.500v1h2v-1z",
        ["http"] = "M9.5 8 5.5 12l4 4-1.4 1.400L2.7 12l5.4-5.400zm5 0 1.4-1.4 5.4 5.4-5.4 5.4-1.4-1.4 4-4zM11 18.5 12.6 5l1.9.3L12.9 19z"
    };

    private static readonly Dictionary<string, string> ByCategory = new()
    {
        ["database"] = ByConnector["postgres"],
        ["mail"] = "M3.5 6h17v12h-17zm2 2.300V16h13V8.300L12 13zM17.4 8H6.600L12 11.700z",
        ["files"] = "M5 4h6l2 2h6v13H5zm2 4v9h10V8z",
        ["storage"] = "M5 4h6l2 2h6v13H5zm2 4v9h10V8z",
        ["messaging"] = "M4 5h16v11h-8l-4 4v-4H4zm2 2v7h4v1.500l1.5-1.500H18V7z",
        ["chat"] = "M4 5h16v11h-8l-4 4v-4H4zm2 2v7h4v1.500l1.5-1.500H18V7z",
        ["hr"] = "M12 4a4 4 0 1 1 0 8 4 4 0 0 1 0-8zm0 2a2 2 0 1 0 0 4 2 2 0 0 0 0-4zM5 20c0-4 3-6.5 7-6.500s7 2.5 7 6.500h-2c0-2.8-2-4.5-5-4.500S7 17.2 7 20z",
        ["ai"] = "m12 3 2 6 6 2-6 2-2 6-2-6-6-2 6-2zm6 12 .9 2.6 2.6.9-2.6.9L18 22l-.9-2.6-2.6-.9 2.6-.9z",
        ["http"] = ByConnector["http"],
        ["calendar"] = "M5 5h3V3h2v2h4V3h2v2h3v15H5zm2 5v8h10v-8z",
        ["commerce"] = "M6 8h2.500V7a3.500 3.500 0 0 1 7 0v1H18l1 12H5zm4.500 0h3V7a1.500 1.500 0 0 0-3 0z",
        ["crm"] = "M4 5h16v14H4zm2 2v10h12V7zm2 2h4v3H8zm0 4.500h8V15H8zm6-4h2.500v1.500H14z",
        ["developer"] = "M7 4a2.500 2.500 0 0 1 1 4.800v6.400A2.500 2.500 0 1 1 6 15.200V8.800A2.500 2.500 0 0 1 7 4zm10 2a2.500 2.500 0 0 1 1 4.800V11c0 2.500-2 4-4.500 4H10v-2h3.500c1.500 0 2.500-.8 2.500-2v-.2A2.500 2.500 0 0 1 17 6z",
        ["documents"] = "M6 3h8l4 4v14H6zm2 2v14h8V8h-3V5zm1.500 6h5v1.500h-5zm0 3h5v1.500h-5z",
        ["ocr"] = "M4 4h5v2H6v3H4zm11 0h5v5h-2V6h-3zM4 15h2v3h3v2H4zm14 0h2v5h-5v-2h3zM8 8h8v2h-3v6h-2v-6H8z",
        ["payments"] = "M3 6h18v12H3zm2 5v5h14v-5zm0-3v1h14V8zm1.500 5.500h4V15h-4z",
        ["projects"] = "M4 5h4v4H4zm6 1h10v2H10zM4 11h4v4H4zm6 1h10v2H10zM4 17h4v4H4zm6 1h10v2H10z",
        ["support"] = "M12 3a9 9 0 1 1 0 18 9 9 0 0 1 0-18zm0 2a7 7 0 1 0 0 14 7 7 0 0 0 0-14zm-1 10.500h2v2h-2zM12 7c2 0 3.500 1.200 3.500 3 0 2.200-2.500 2.400-2.500 4h-2c0-2.500 2.500-2.800 2.500-4 0-.7-.6-1.200-1.500-1.200s-1.500.5-1.500 1.300h-2C8.500 8.300 10 7 12 7z"
    };

    private const string Other = "M8 3v4H6v5a6 6 0 0 0 5 5.900V21h2v-3.100A6 6 0 0 0 18 12V7h-2V3h-2v4h-4V3zm0 6h8v3a4 4 0 0 1-8 0z";

    public static string Path(string connector, string category) =>
        ByConnector.GetValueOrDefault(connector) ?? ByCategory.GetValueOrDefault(category) ?? Other;

    public static string Tone(string category) => ByCategory.ContainsKey(category) ? category : "other";
}
