using System.CommandLine;
using Connections.Hosting;

namespace Connections.Commands;

/// <summary>A command about connectors that are defined as data. It needs no host, no configuration and no store.</summary>
internal abstract class DefinitionCommand(string name, string description) : Command(name, description)
{
    /// <param name="settings">Settings from the command line, such as <c>--Connectors:Folder=DIR</c>.</param>
    /// <exception cref="CommandException">The command did not succeed.</exception>
    public abstract void Run(ParseResult line, string[] settings, TextWriter output);
}
