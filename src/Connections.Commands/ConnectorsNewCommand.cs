using System.CommandLine;
using Connections.Commands.Drafts;

namespace Connections.Commands;

/// <summary><c>connectors new</c>: a draft of a definition from an OpenAPI document.</summary>
internal sealed class ConnectorsNewCommand : DefinitionCommand
{
    private readonly Option<string> from = new("--from") { Description = "The OpenAPI document, in JSON or YAML", Required = true };

    private readonly Option<string[]> operations = new("--operation")
    {
        Description = "An operation that becomes an activity: its operationId, or \"GET /path\". May be repeated. Without it, the operations are listed"
    };

    private readonly Option<string?> connector = new("--connector") { Description = "The id of the connector; from the title if absent" };

    public ConnectorsNewCommand()
        : base("new", "Prints a draft of a definition from an OpenAPI document")
    {
        Options.Add(from);
        Options.Add(operations);
        Options.Add(connector);
    }

    public override void Run(ParseResult line, string[] settings, TextWriter output)
    {
        var path = line.GetValue(from)!;
        var api = OpenApiFile.Read(path);
        if (line.GetValue(operations) is { Length: > 0 } ids)
        {
            output.Write(DefinitionDraft.Write(api, Path.GetFileName(path), [.. ids.Distinct().Select(api.Find)], line.GetValue(connector)));
            return;
        }

        foreach (var operation in api.Operations)
        {
            var summary = DraftSchema.Sentence(operation.Operation.Summary ?? operation.Operation.Description);
            output.WriteLine($"{operation.Id}\t{operation.Method} {operation.Path}\t{summary}");
        }
    }
}
