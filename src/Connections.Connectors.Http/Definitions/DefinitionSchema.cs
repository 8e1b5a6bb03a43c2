using System.Reflection;

namespace Connections.Connectors.Definitions;

/// <summary>The JSON Schema of the format, for editors.</summary>
public static class DefinitionSchema
{
    public static string Text { get; } = Read();

    private static string Read()
    {
        using var reader = new StreamReader(Assembly.GetExecutingAssembly().GetManifestResourceStream("connector.schema.json")!);
        return reader.ReadToEnd();
    }
}
