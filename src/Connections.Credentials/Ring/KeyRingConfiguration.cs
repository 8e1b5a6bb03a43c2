using System.Buffers.Text;
using System.Security.Cryptography;
using Microsoft.Extensions.Configuration;

namespace Connections.Credentials.Ring;

/// <summary>
/// <c>Vault:Keys:&lt;id&gt;</c> or <c>Vault:Keys:&lt;id&gt;:File</c>: base64 of 32 bytes; <c>Vault:ActiveKey</c>: the id of the key that
/// wraps new data.
/// </summary>
public static class KeyRingConfiguration
{
    private const string Settings =
        "Vault:Keys:<id> or Vault:Keys:<id>:File (base64 of 32 random bytes, as of \"openssl rand -base64 32\")";

    /// <returns>Null when nothing is configured.</returns>
    /// <exception cref="KeyRingException">The configuration is invalid.</exception>
    public static KeyRing? Read(IConfiguration configuration)
    {
        var active = configuration["Vault:ActiveKey"];
        var sections = configuration.GetSection("Vault:Keys").GetChildren().ToList();
        if (sections.Count == 0 && active is null) return null;
        if (sections.Count == 0) throw new KeyRingException($"Vault:ActiveKey is set, but there is no key. Set {Settings}.");
        if (string.IsNullOrEmpty(active))
            throw new KeyRingException("Vault:ActiveKey is missing. Set it to the id of the key that wraps new data.");

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

    /// <exception cref="KeyRingException">No key ring is configured.</exception>
    public static KeyRing Require(IConfiguration configuration) =>
        Read(configuration) ?? throw new KeyRingException($"There is no key ring. Set Vault:ActiveKey and {Settings}.");

    // Configuration keys ignore case, and environment variables are often in capitals: ids are compared in lower case.
    private static string Id(IConfigurationSection section) => section.Key.ToLowerInvariant();

    private static byte[] Decode(IConfigurationSection section)
    {
        var file = section["File"];
        if (file is not null && section.Value is not null)
            throw Invalid(section, $"is given twice: in {section.Path} and in {section.Path}:File");
        var text = (file is null ? section.Value : ReadFile(section, file))?.Trim();
        if (string.IsNullOrEmpty(text)) throw Invalid(section, $"is empty. Set {Settings}");
        return Base64.IsValid(text) ? Convert.FromBase64String(text) : throw Invalid(section, "is not base64");
    }

    private static string ReadFile(IConfigurationSection section, string file)
    {
        try
        {
            return File.ReadAllText(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw Invalid(section, $"cannot be read from the file named by {section.Path}:File ({e.GetType().Name})");
        }
    }

    private static KeyRingException Invalid(IConfigurationSection section, string problem) =>
        new($"The key \"{Id(section)}\" of the ring {problem}.");
}
