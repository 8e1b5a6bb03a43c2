using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Connectors.Tests.Descriptions;

namespace Connectors.Tests.Amazon;

/// <summary>A request of Amazon's test suite with its signature.</summary>
internal sealed record SignatureVector(string Name, JsonNode Source)
{
    public static IReadOnlyList<SignatureVector> All { get; } =
        [.. JsonNode.Parse(File.ReadAllText(System.IO.Path.Combine(VendorDescription.Folder, "amazon", "sigv4-vectors.json")))!.AsArray()
            .Select(vector => new SignatureVector((string)vector!["name"]!, vector))];

    public JsonNode Context => Source["context"]!;

    public string Secret => (string)Context["credentials"]!["secret_access_key"]!;

    public DateTimeOffset At => DateTimeOffset.Parse((string)Context["timestamp"]!, CultureInfo.InvariantCulture);

    public string Method => Line[0];

    /// <summary>The path as it is signed.</summary>
    public string Path => (bool)Context["normalize"]! ? Normal(Address[0]) : Address[0];

    public string Query => Address.ElementAtOrDefault(1) ?? "";

    public bool IsOfTheRoot => Line[1].StartsWith("/ ", StringComparison.Ordinal);

    public string BodyHash => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Signed.Split("\n\n", 2)[1])));

    /// <summary>The headers of the signed request, in their order. A value may have several lines.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Headers
    {
        get
        {
            var headers = new List<KeyValuePair<string, string>>();
            foreach (var line in Signed.Split("\n\n", 2)[0].Split('\n').Skip(1))
            {
                if (char.IsWhiteSpace(line[0])) headers[^1] = KeyValuePair.Create(headers[^1].Key, $"{headers[^1].Value}\n{line}");
                else headers.Add(KeyValuePair.Create(line[..line.IndexOf(':')], line[(line.IndexOf(':') + 1)..]));
            }

            return headers;
        }
    }

    public string Authorization => Headers.Single(h => h.Key == "Authorization").Value;

    public override string ToString() => Name;

    private string Signed => (string)Source["headerSignedRequest"]!;

    private string[] Line => Signed.Split('\n')[0].Split(' ', 2);

    private string[] Address => Line[1][..Line[1].LastIndexOf(' ')].Split('?', 2);

    private static string Normal(string path)
    {
        var kept = new List<string>();
        foreach (var part in path.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            if (part == "..") kept.RemoveAt(kept.Count - 1);
            else if (part != ".") kept.Add(part);
        }

        var normal = $"/{string.Join('/', kept)}";
        return normal.Length > 1 && path.EndsWith('/') ? $"{normal}/" : normal;
    }
}
