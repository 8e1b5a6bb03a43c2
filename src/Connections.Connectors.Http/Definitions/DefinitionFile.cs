using System.Reflection;
using System.Text;
using Connections.Connectors.Catalogue;
using Connections.Connectors.Definitions.Model;
using Connections.Connectors.Definitions.Reading;

namespace Connections.Connectors.Definitions;

/// <summary>A definition that was read, with its mistakes. It can be used only if there are none.</summary>
public sealed class DefinitionFile
{
    private static readonly Lazy<IReadOnlyList<DefinitionFile>> Own =
        new(() => [.. EmbeddedTexts().Select(file => Parse(file.Path, file.Text, custom: false, new Faults(known: true)))]);

    private DefinitionFile(string path, Definition? definition, IReadOnlyList<DefinitionFault> faults) =>
        (Path, Definition, Faults) = (path, definition, faults);

    public string Path { get; }

    public IReadOnlyList<DefinitionFault> Faults { get; }

    public bool IsBroken => Definition is null;

    /// <exception cref="InvalidOperationException">The definition has a mistake.</exception>
    public CatalogueEntry Entry => Require().Entry;

    private Definition? Definition { get; }

    /// <summary>One line per mistake: <c>file:line:column: message</c>.</summary>
    public IEnumerable<string> Messages => Faults.Select(f => $"{Path}:{f.Line}:{f.Column}: {f.Message}");

    /// <summary>Reads a file. A file that cannot be read has a mistake too.</summary>
    public static DefinitionFile Read(string path)
    {
        try
        {
            if (new FileInfo(path).Length > YamlNodes.MaxBytes) return TooLarge(path);
            return Parse(path, File.ReadAllText(path, Encoding.UTF8), custom: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            return Unreadable(path);
        }
    }

    /// <param name="path">For messages.</param>
    public static DefinitionFile Parse(string path, string text, bool custom = true) => Parse(path, text, custom, new Faults());

    /// <summary>
    /// The definitions that belong to the service. The tests check them, so their expressions are parsed when they are first used: all of them
    /// would take a large part of the start.
    /// </summary>
    public static IReadOnlyList<DefinitionFile> Embedded() => Own.Value;

    /// <summary>The files of the definitions that belong to the service, sorted by name.</summary>
    public static IEnumerable<(string Path, string Text)> EmbeddedTexts()
    {
        var assembly = Assembly.GetExecutingAssembly();
        return assembly.GetManifestResourceNames().Where(name => name.StartsWith("Definitions/", StringComparison.Ordinal)).Order(StringComparer.Ordinal)
            .Select(name =>
            {
                using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!, Encoding.UTF8);
                return (name, reader.ReadToEnd());
            });
    }

    /// <summary>The files <c>*.yaml</c> and <c>*.yml</c> of a folder, sorted by name. A file with the connector of an earlier one has a mistake.</summary>
    public static IReadOnlyList<DefinitionFile> Folder(string folder)
    {
        var read = new List<DefinitionFile>();
        foreach (var path in Directory.EnumerateFiles(folder).Where(IsDefinition).Order(StringComparer.Ordinal))
        {
            var file = Read(path);
            var same = file.IsBroken ? null : read.FirstOrDefault(f => !f.IsBroken && f.Entry.Id == file.Entry.Id);
            read.Add(same is null ? file : new DefinitionFile(path, null, [new DefinitionFault(
                1, 1, $"{System.IO.Path.GetFileName(same.Path)} has the connector \"{file.Entry.Id}\" too; choose another id in one of the files.")]));
        }

        return read;
    }

    private static bool IsDefinition(string path) => path.EndsWith(".yaml", StringComparison.Ordinal) || path.EndsWith(".yml", StringComparison.Ordinal);

    internal static DefinitionFile Unreadable(string path) =>
        new(path, null, [new DefinitionFault(1, 1, "The file or folder cannot be read; check its name and its permissions.")]);

    /// <exception cref="InvalidOperationException">The definition has a mistake.</exception>
    internal Definition Require() => Definition ?? throw new InvalidOperationException(string.Join(Environment.NewLine, Messages));

    private static DefinitionFile Parse(string path, string text, bool custom, Faults faults)
    {
        if (Encoding.UTF8.GetByteCount(text) > YamlNodes.MaxBytes) return TooLarge(path);
        var definition = DefinitionReader.Read(text, custom, faults);
        return new DefinitionFile(path, definition, faults.All);
    }

    private static DefinitionFile TooLarge(string path) =>
        new(path, null, [new DefinitionFault(1, 1, $"The file is larger than {YamlNodes.MaxBytes / 1024} KB; split it into several connectors.")]);
}
