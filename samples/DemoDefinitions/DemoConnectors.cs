using System.Reflection;
using Connections.Connectors.Definitions;

namespace DemoDefinitions;

/// <summary>Connectors to the demo provider. Only Standalone registers them, and only if configured to.</summary>
public static class DemoConnectors
{
    public static DefinitionFile Mail { get; } = Read("demo-mail.yaml");

    public static DefinitionFile Files { get; } = Read("demo-files.yaml");

    /// <summary>The mailbox at a provider that does not replace refresh tokens.</summary>
    public static DefinitionFile SteadyMail { get; } = DefinitionFile.Parse("steady-mail.yaml", Text("demo-mail.yaml")
        .Replace("connector: demo-mail", "connector: steady-mail", StringComparison.Ordinal)
        .Replace("rotation: singleUse", "rotation: none", StringComparison.Ordinal), custom: false);

    private static DefinitionFile Read(string name) => DefinitionFile.Parse(name, Text(name), custom: false);

    private static string Text(string name)
    {
        using var reader = new StreamReader(Assembly.GetExecutingAssembly().GetManifestResourceStream(name)!);
        return reader.ReadToEnd();
    }
}
