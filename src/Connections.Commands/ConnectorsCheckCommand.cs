using System.CommandLine;
using System.Text.Json;
using Connections.Connectors.Definitions;
using Connections.Hosting;

namespace Connections.Commands;

/// <summary><c>connectors check</c>: checks a file, or all files of a folder. Exit code 1 if there is a mistake.</summary>
internal sealed class ConnectorsCheckCommand : DefinitionCommand
{
    private static readonly JsonSerializerOptions Web = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    private readonly Argument<string> path = new("path") { Description = "A file, or a folder with *.yaml" };
    private readonly Option<bool> json = new("--json") { Description = "Print the result as JSON" };

    public ConnectorsCheckCommand()
        : base("check", "Checks a definition, or a folder of them")
    {
        Arguments.Add(path);
        Options.Add(json);
    }

    public override void Run(ParseResult line, string[] settings, TextWriter output)
    {
        var given = line.GetValue(path)!;
        var files = Directory.Exists(given) ? DefinitionFile.Folder(given) : [DefinitionFile.Read(given)];
        if (line.GetValue(json))
        {
            output.WriteLine(JsonSerializer.Serialize(
                files.Select(f => new { file = f.Path, connector = f.IsBroken ? null : f.Entry.Id, version = f.IsBroken ? null : f.Entry.Version, faults = f.Faults }), Web));
        }
        else
        {
            foreach (var message in files.SelectMany(f => f.Messages)) output.WriteLine(message);
            foreach (var file in files.Where(f => !f.IsBroken))
                output.WriteLine($"{file.Path}: {file.Entry.Id}, {file.Entry.Activities.Count} activities, version {file.Entry.Version}");
        }

        var broken = files.Count(f => f.IsBroken);
        if (files.Count == 0) throw CommandException.Failed($"There is no *.yaml file in {given}.");
        if (broken > 0) throw CommandException.Failed($"{broken} of {files.Count} definitions have mistakes.");
    }
}
