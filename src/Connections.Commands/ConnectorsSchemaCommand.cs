using System.CommandLine;
using Connections.Connectors.Definitions;

namespace Connections.Commands;

/// <summary><c>connectors schema</c>: the JSON Schema of the format, for editors, or its reference for people.</summary>
internal sealed class ConnectorsSchemaCommand : DefinitionCommand
{
    private readonly Option<bool> markdown = new("--markdown") { Description = "Prints the reference for people instead" };

    public ConnectorsSchemaCommand()
        : base("schema", "Prints the JSON Schema of definitions, for editors") => Options.Add(markdown);

    public override void Run(ParseResult line, string[] settings, TextWriter output) =>
        output.Write(line.GetValue(markdown) ? DefinitionReference.Text : DefinitionSchema.Text);
}
