using System.IO.Compression;
using System.Reflection;
using System.Security.Cryptography;

namespace Connections.Console.Rendering;

/// <summary>The files of the pages. Each address holds a hash of the file, so that browsers keep it for ever.</summary>
public sealed class ConsoleAssets
{
    private static readonly Dictionary<string, string> Types = new()
    {
        [".css"] = "text/css; charset=utf-8",
        [".js"] = "text/javascript; charset=utf-8",
        [".svg"] = "image/svg+xml"
    };

    private readonly Dictionary<string, Asset> assets = Load().ToDictionary(a => a.Name);

    internal sealed record Asset(string Name, string Hash, string Type, byte[] Plain, byte[] Packed);

    /// <summary>The address below the base of the page.</summary>
    public string Address(string name) => $"assets/{assets[name].Hash}/{name}";

    internal Asset? Find(string hash, string name) => assets.GetValueOrDefault(name) is { } found && found.Hash == hash ? found : null;

    internal static async Task Write(HttpContext http, Asset asset)
    {
        var response = http.Response;
        response.ContentType = asset.Type;
        response.Headers.CacheControl = "public, max-age=31536000, immutable";
        response.Headers.Vary = "Accept-Encoding";
        response.Headers.XContentTypeOptions = "nosniff";
        var packed = http.Request.Headers.AcceptEncoding.ToString().Contains("br", StringComparison.Ordinal);
        if (packed) response.Headers.ContentEncoding = "br";
        var body = packed ? asset.Packed : asset.Plain;
        response.ContentLength = body.Length;
        await response.Body.WriteAsync(body, http.RequestAborted);
    }

    private static IEnumerable<Asset> Load()
    {
        var assembly = Assembly.GetExecutingAssembly();
        foreach (var name in assembly.GetManifestResourceNames().Where(n => Types.ContainsKey(Path.GetExtension(n))))
        {
            using var stream = assembly.GetManifestResourceStream(name)!;
            using var plain = new MemoryStream();
            stream.CopyTo(plain);
            using var packed = new MemoryStream();
            using (var brotli = new BrotliStream(packed, CompressionLevel.SmallestSize, leaveOpen: true)) brotli.Write(plain.ToArray());
            var hash = Convert.ToHexStringLower(SHA256.HashData(plain.ToArray()))[..16];
            yield return new Asset(name, hash, Types[Path.GetExtension(name)], plain.ToArray(), packed.ToArray());
        }
    }
}
