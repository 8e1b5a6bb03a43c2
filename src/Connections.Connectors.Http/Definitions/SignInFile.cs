using System.Reflection;
using Connections.Connectors.Catalogue;
using Connections.Connectors.Definitions.Reading;
using Connections.Connectors.OAuth;

namespace Connections.Connectors.Definitions;

/// <summary>The sign-in of a connector in code, as data: the members <c>operator</c> and <c>oauth</c> of a definition.</summary>
internal sealed record SignInFile(OAuthDefinition OAuth, IReadOnlyList<Scope> Scopes)
{
    /// <exception cref="InvalidOperationException">The file has a mistake.</exception>
    public static SignInFile Embedded(Assembly assembly, string name)
    {
        using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!);
        return Parse(name, reader.ReadToEnd());
    }

    /// <param name="path">For messages.</param>
    /// <exception cref="InvalidOperationException">The file has a mistake.</exception>
    public static SignInFile Parse(string path, string text)
    {
        var faults = new Faults();
        var read = YamlNodes.Read(text, faults) is Node.Members root ? Read(Part.From(root, "a sign-in", faults)) : null;
        return read is not null && !faults.Any ? read
            : throw new InvalidOperationException(string.Join(Environment.NewLine, faults.All.Select(f => $"{path}:{f.Line}:{f.Column}: {f.Message}")));
    }

    private static SignInFile? Read(Part part)
    {
        var values = DefinitionReader.OperatorDefaults(part);
        var read = part.Required("oauth", "{ authorize: …, token: … }") is { } node ? new OAuthPart(node, part.Faults, []).Read() : default;
        part.Finish();
        return read.Item1 is { } oauth ? new SignInFile(oauth with { Values = values }, read.Item2) : null;
    }
}
