using System.CommandLine;
using Connections.Connectors.Definitions;
using Microsoft.Extensions.Configuration;

namespace Connections.Commands;

/// <summary><c>connectors list</c>: the embedded definitions, and those of the folder <c>Connectors:Folder</c>.</summary>
internal sealed class ConnectorsListCommand() : DefinitionCommand("list", "Lists the connectors that are defined as data")
{
    public override void Run(ParseResult line, string[] settings, TextWriter output)
    {
        var configuration = new ConfigurationBuilder().AddEnvironmentVariables().AddCommandLine(settings).Build();
        foreach (var file in DefinitionFile.Embedded().Concat(DefinitionFolder.Read(configuration)))
        {
            output.WriteLine(file.IsBroken
                ? $"{file.Path}: left out, {file.Faults.Count} mistakes"
                : $"{file.Entry.Id}\t{file.Entry.Name}\t{file.Entry.Category}\t{file.Entry.Version}\t{string.Join(", ", file.Entry.Activities.Select(a => a.Id))}");
        }
    }
}
