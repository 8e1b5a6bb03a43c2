using System.Text;

namespace EndToEnd.Tests.Canaries;

/// <summary>A place where data may have been written.</summary>
/// <param name="Kind">All places of one kind are searched in the same way.</param>
internal sealed record Place(string Kind, string Name, ReadOnlyMemory<byte> Bytes)
{
    public const string File = "file";
    public const string Log = "log";
    public const string Answer = "answer";
    public const string Message = "message";
    public const string Fault = "exception";
    public const string Trace = "trace";
    public const string Metrics = "metrics";

    public static Place Create(string kind, string name, string text) => new(kind, name, Encoding.UTF8.GetBytes(text));

    /// <summary>All files of a folder, including those that a running process writes.</summary>
    public static IEnumerable<Place> Files(string folder, string when)
    {
        foreach (var path in Directory.GetFiles(folder, "*", SearchOption.AllDirectories).Where(f => Path.GetFileName(f) != "lock"))
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            using var bytes = new MemoryStream();
            file.CopyTo(bytes);
            yield return new Place(File, $"{Path.GetFileName(path)} {when}", bytes.ToArray());
        }
    }

    public static IEnumerable<Place> Answers(Harness.Api api) => api.Heard.Select(h => Create(Answer, h.Request, h.Answer));
}

internal static class Search
{
    /// <summary>Fails with every match: what, in which form, where.</summary>
    public static void Nowhere(this IReadOnlyList<Place> places, IEnumerable<Canary> canaries)
    {
        Assert.NotEmpty(places);
        Assert.Empty(places.Finds(canaries));
    }

    public static IReadOnlyList<string> Finds(this IEnumerable<Place> places, IEnumerable<Canary> canaries)
    {
        var all = canaries.ToList();
        Assert.NotEmpty(all);
        return
        [
            .. from place in places
               from canary in all
               from form in canary.Forms
               let at = place.Bytes.Span.IndexOf(form.Bytes)
               where at >= 0
               select $"{canary.Owner} {form.Form} in {place.Kind} {place.Name}: {Around(place, at)}"
        ];
    }

    /// <summary>The control: a value that is no secret is found in each of these kinds of places.</summary>
    public static void Everywhere(this IReadOnlyList<Place> places, string marker, params string[] kinds)
    {
        var bytes = Encoding.UTF8.GetBytes(marker);
        Assert.All(kinds, kind => Assert.Contains(places, p => p.Kind == kind && p.Bytes.Span.IndexOf(bytes) >= 0));
    }

    private static string Around(Place place, int at)
    {
        var from = Math.Max(0, at - 120);
        return Encoding.Latin1.GetString(place.Bytes.Span[from..Math.Min(place.Bytes.Length, at + 160)]);
    }
}
