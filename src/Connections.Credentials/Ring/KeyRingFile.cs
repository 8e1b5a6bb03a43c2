using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Connections.Credentials.Keys;
using Microsoft.Extensions.Configuration;

namespace Connections.Credentials.Ring;

/// <summary>The ring that Standalone makes for itself: one file, in the words of the configuration, for its owner's eyes only.</summary>
public static class KeyRingFile
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    /// <exception cref="KeyRingException">The file is there and holds no ring.</exception>
    public static (KeyRing Ring, bool Made) ReadOrMake(string path)
    {
        if (File.Exists(path)) return (Read(path), false);
        Make(path);
        return (Read(path), true);
    }

    /// <summary>A new key that wraps what is new from now on, beside those that are there. One in a day: asked twice, it is made once.</summary>
    /// <returns>The active key, and whether it was made just now.</returns>
    /// <exception cref="KeyRingException">The file is there and holds no ring.</exception>
    public static (string ActiveKey, bool Made) Renew(string path, DateTimeOffset now)
    {
        var (ring, made) = ReadOrMake(path);
        ring.Dispose();
        var id = $"key-{now.UtcDateTime.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)}";
        if (made || ring.ActiveKey == id) return (ring.ActiveKey, made);
        if (ring.KeyIds.Contains(id)) throw new KeyRingException($"{path} has the key \"{id}\" already, and another is active: set Vault.ActiveKey there.");
        var document = JsonNode.Parse(File.ReadAllText(path))!;
        document["Vault"]!["Keys"]![id] = NewKey();
        document["Vault"]!["ActiveKey"] = id;
        Write(path, stream => JsonSerializer.Serialize(stream, document, Indented), overwrite: true);
        return (id, true);
    }

    /// <summary>A new key in a file of its own, as <c>Vault:Keys:&lt;id&gt;:File</c> wants it. False: something is there, and stays.</summary>
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
            // Without the cause: the parser's messages quote what they stumbled over.
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

    // whole or not at all, and for good
    private static void Write(string path, Action<Stream> content, bool overwrite)
    {
        var folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        Directory.CreateDirectory(folder);
        var unfinished = $"{path}.{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(4))}.new";
        using (var stream = new FileStream(unfinished, ForItsOwner()))
        {
            content(stream);
            stream.Flush(flushToDisk: true);
        }

        File.Move(unfinished, path, overwrite);
        Folder.Flush(folder);
    }

    private static FileStreamOptions ForItsOwner()
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        return options;
    }
}
