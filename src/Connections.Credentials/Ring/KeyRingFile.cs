using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Connections.Credentials.Keys;
using EventSourcing.Sql;
using Microsoft.Extensions.Configuration;

namespace Connections.Credentials.Ring;

/// <summary>The key ring file that the standalone host creates: JSON with the configuration's names, readable only by its owner.</summary>
public static class KeyRingFile
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    /// <exception cref="KeyRingException">The file exists and contains no key ring.</exception>
    public static (KeyRing Ring, bool Made) ReadOrMake(string path)
    {
        if (File.Exists(path)) return (Read(path), false);
        Make(path);
        return (Read(path), true);
    }

    /// <summary>Adds a new active key beside the existing ones. At most one per day: a repeated call changes nothing.</summary>
    /// <returns>The active key, and whether this call created it.</returns>
    /// <exception cref="KeyRingException">The file exists and contains no key ring.</exception>
    public static (string ActiveKey, bool Made) Renew(string path, DateTimeOffset now)
    {
        var (ring, made) = ReadOrMake(path);
        ring.Dispose();
        var id = $"key-{now.UtcDateTime.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)}";
        if (made || ring.ActiveKey == id) return (ring.ActiveKey, made);
        if (ring.KeyIds.Contains(id))
            throw new KeyRingException(
                $"{path} already has the key \"{id}\", but another key is active. Set Vault.ActiveKey in that file.");
        var document = JsonNode.Parse(File.ReadAllText(path))!;
        document["Vault"]!["Keys"]![id] = NewKey();
        document["Vault"]!["ActiveKey"] = id;
        Write(path, stream => JsonSerializer.Serialize(stream, document, Indented), overwrite: true);
        return (id, true);
    }

    /// <summary>
    /// Writes a new key to a file of its own, for <c>Vault:Keys:&lt;id&gt;:File</c>. False if the file exists; it stays unchanged.
    /// </summary>
    public static bool WriteKey(string path)
    {
        if (File.Exists(path)) return false;
        Write(path, stream => stream.Write(Encoding.ASCII.GetBytes($"{NewKey()}\n")), overwrite: false);
        return true;
    }

    private static string NewKey() => Convert.ToBase64String(RandomNumberGenerator.GetBytes(AesKey.Size));

    private static KeyRing Read(string path)
    {
        try
        {
            using var stream = File.OpenRead(path);
            return KeyRingConfiguration.Require(new ConfigurationBuilder().AddJsonStream(stream).Build());
        }
        catch (Exception e) when (e is FormatException or JsonException or InvalidDataException)
        {
            // No inner exception: the parser's messages quote the content.
            throw new KeyRingException($"{path} is not the JSON document of a key ring.");
        }
        catch (KeyRingException e)
        {
            throw new KeyRingException($"{path}: {e.Message}");
        }
    }

    private static void Make(string path)
    {
        var id = $"key-{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(4))}";
        var document = new { Vault = new { ActiveKey = id, Keys = new Dictionary<string, string> { [id] = NewKey() } } };
        Write(path, stream => JsonSerializer.Serialize(stream, document, Indented), overwrite: false);
    }

    // Atomic and durable: a temporary file is flushed, renamed, and the folder flushed.
    private static void Write(string path, Action<Stream> content, bool overwrite)
    {
        var folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        Directory.CreateDirectory(folder);
        var temporary = $"{path}.{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(4))}.new";
        using (var stream = new FileStream(temporary, OwnerOnly()))
        {
            content(stream);
            stream.Flush(flushToDisk: true);
        }

        File.Move(temporary, path, overwrite);
        Folder.Flush(folder);
    }

    private static FileStreamOptions OwnerOnly()
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        return options;
    }
}
