using System.Text.Json;
using Connections.Connectors.Files;
using EventSourcing;

namespace Connections.Connectors.Ocr;

/// <summary>
/// Parts of a result that one attempt has read and a later one needs, as files of the file store: a stage is for small states. The parts
/// expire: until the outcome is recorded, another attempt may need them.
/// </summary>
/// <param name="store">Null where there is no file store: then no parts can be kept.</param>
internal sealed class ResultParts<T>(IFileStore? store, string workspace)
{
    public bool Available => store is not null;

    public async Task<Guid> Write(IReadOnlyList<T> part, CancellationToken ct)
    {
        using var content = new MemoryStream(JsonSerializer.SerializeToUtf8Bytes(part), writable: false);
        return (await store!.Write(workspace, new NewFile("extracted-part.json", "application/json", content.Length), content, ct)).Id;
    }

    /// <summary>All parts in their order; null if one has expired or cannot be read.</summary>
    public async Task<List<T>?> Read(IEnumerable<Guid> parts, CancellationToken ct)
    {
        var all = new List<T>();
        try
        {
            foreach (var part in parts)
            {
                await using var file = await store!.Open(workspace, part, ct);
                all.AddRange(await JsonSerializer.DeserializeAsync<List<T>>(file.Content, cancellationToken: ct) ?? []);
            }

            return all;
        }
        catch (RejectedException)
        {
            return null;
        }
    }
}
