using System.Buffers.Text;
using System.Security.Cryptography;
using Microsoft.Extensions.Configuration;

namespace Connections.Credentials.Ring;

/// <summary>
/// <c>Vault:Keys:&lt;id&gt;</c> or <c>Vault:Keys:&lt;id&gt;:File</c>: base64 of 32 bytes; <c>Vault:ActiveKey</c>: the id that wraps what is new.
/// </summary>
public static class KeyRingConfiguration
{
    private const string Where = "Vault:Keys:<id> or Vault:Keys:<id>:File (base64 of 32 random bytes, as of \"openssl rand -base64 32\")";

    /// <returns>Null when nothing is said about a ring.</returns>
    /// <exception cref="KeyRingException">Something is said, and it will not do.</exception>
    public static KeyRing? Read(IConfiguration configuration)
    {
        var active = configuration["Vault:ActiveKey"];
        var sections = configuration.GetSection("Vault:Keys").GetChildren().ToList();
        if (sections.Count == 0 && active is null) return null;
        if (sections.Count == 0) throw new KeyRingException($"Vault:ActiveKey is set, but there is no key: give {Where}.");
        if (string.IsNullOrEmpty(active)) throw new KeyRingException("Vault:ActiveKey is missing: give the id of the key that wraps what is new.");

        var keys = new Dictionary<string, byte[]>();
        try
        {
            foreach (var section in sections) keys.Add(Id(section), Decode(section));
            return new KeyRing(active.ToLowerInvariant(), keys);
        }
        finally
        {
            foreach (var key in keys.Values) CryptographicOperations.ZeroMemory(key);
        }
    }

    /// <exception cref="KeyRingException">There is none.</exception>
    public static KeyRing Require(IConfiguration configuration) =>
        Read(configuration) ?? throw new KeyRingException($"There is no key ring: give Vault:ActiveKey and {Where}.");

    // Configuration knows no case, and environment variables are often all capitals: an id is what it is in lower case.
    private static string Id(IConfigurationSection section) => section.Key.ToLowerInvariant();

    private static byte[] Decode(IConfigurationSection section)
    {
        var file = section["File"];
        if (file is not null && section.Value is not null)
            throw Unfit(section, $"is given twice: in {section.Path} and in {section.Path}:File");
        var text = (file is null ? section.Value : ReadFile(section, file))?.Trim();
        if (string.IsNullOrEmpty(text)) throw Unfit(section, $"is empty: give {Where}");
        return Base64.IsValid(text) ? Convert.FromBase64String(text) : throw Unfit(section, "is not base64");
    }

    private static string ReadFile(IConfigurationSection section, string file)
    {
        try
        {
            return File.ReadAllText(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw Unfit(section, $"cannot be read from the file that {section.Path}:File names ({e.GetType().Name})");
        }
    }

    private static KeyRingException Unfit(IConfigurationSection section, string why) => new($"The key \"{Id(section)}\" of the ring {why}.");
}
