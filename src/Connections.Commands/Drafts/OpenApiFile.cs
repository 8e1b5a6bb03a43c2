using Connections.Hosting;
using Microsoft.OpenApi;
using Microsoft.OpenApi.Reader;

namespace Connections.Commands.Drafts;

/// <summary>One operation of an OpenAPI document.</summary>
/// <param name="Shared">The parameters of all operations of the path.</param>
internal sealed record ApiOperation(string Method, string Path, OpenApiOperation Operation, IEnumerable<IOpenApiParameter> Shared)
{
    public string Id => Operation.OperationId ?? $"{Method} {Path}";

    public IEnumerable<IOpenApiParameter> Parameters => Shared
        .Where(shared => Operation.Parameters?.Any(own => own.Name == shared.Name && own.In == shared.In) != true)
        .Concat(Operation.Parameters ?? []);
}

/// <summary>An OpenAPI document from a file, in JSON or YAML. Nothing that it refers to elsewhere is fetched.</summary>
internal sealed class OpenApiFile
{
    private const long MaxBytes = 64L << 20;

    private static readonly string[] Methods = ["GET", "POST", "PUT", "PATCH", "DELETE"];

    private OpenApiFile(OpenApiDocument document) => (Document, Operations) = (document, [.. All(document)]);

    public OpenApiDocument Document { get; }

    public IReadOnlyList<ApiOperation> Operations { get; }

    /// <exception cref="CommandException">The file cannot be read, or it is no OpenAPI document with operations.</exception>
    public static OpenApiFile Read(string path)
    {
        string text;
        try
        {
            if (new FileInfo(path).Length > MaxBytes) throw CommandException.Failed($"{path} is larger than {MaxBytes >> 20} MiB.");
            text = File.ReadAllText(path);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw CommandException.Failed($"{path} cannot be read: {fault.Message}");
        }

        var document = Parse(path, text);
        if (document.Paths is not { Count: > 0 }) throw CommandException.Failed($"{path} is no OpenAPI document, or it has no paths.");
        return new OpenApiFile(document);
    }

    /// <param name="id">An operationId, or a method and a path such as <c>GET /contacts</c>.</param>
    /// <exception cref="CommandException">There is no such operation.</exception>
    public ApiOperation Find(string id) =>
        Operations.FirstOrDefault(o => o.Id == id || $"{o.Method} {o.Path}".Equals(id, StringComparison.OrdinalIgnoreCase))
            ?? throw CommandException.Failed($"There is no operation {id}. Without --operation the command lists them.");

    private static OpenApiDocument Parse(string path, string text)
    {
        var settings = new OpenApiReaderSettings { LoadExternalRefs = false };
        settings.AddYamlReader();
        try
        {
            var read = OpenApiDocument.Parse(text, text.TrimStart().StartsWith('{') ? "json" : "yaml", settings);
            return read.Document ?? throw CommandException.Failed(
                $"{path} is no OpenAPI document: {read.Diagnostic?.Errors.FirstOrDefault()?.Message ?? "it cannot be parsed"}");
        }
        catch (Exception fault) when (fault is not CommandException)
        {
            throw CommandException.Failed($"{path} is no OpenAPI document: {YamlText.Line(fault.Message)}");
        }
    }

    private static IEnumerable<ApiOperation> All(OpenApiDocument document) =>
        from path in document.Paths
        from operation in path.Value.Operations?.AsEnumerable() ?? []
        where Methods.Contains(operation.Key.Method.ToUpperInvariant())
        select new ApiOperation(operation.Key.Method.ToUpperInvariant(), path.Key, operation.Value, path.Value.Parameters?.AsEnumerable() ?? []);
}
