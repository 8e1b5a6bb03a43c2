using System.CommandLine;
using Connections.Connectors.Definitions;

namespace Connections.Commands;

/// <summary><c>connectors schema</c>: the JSON Schema of the format, for editors.</summary>
internal sealed class ConnectorsSchemaCommand() : DefinitionCommand("schema", "Prints the JSON Schema of definitions, for editors")
{
    public override void Run(ParseResult line, string[] settings, TextWriter output) => output.Write(DefinitionSchema.Text);
}
