using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.Extensions.Configuration;

namespace Connections.Credentials;

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
        var key = Convert.ToBase64String(RandomNumberGenerator.GetBytes(AesKey.Size));
        var document = new { Vault = new { ActiveKey = id, Keys = new Dictionary<string, string> { [id] = key } } };
        var folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        Directory.CreateDirectory(folder);
        var unfinished = $"{path}.{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(4))}.new";
        using (var stream = new FileStream(unfinished, ForItsOwner()))
        {
            JsonSerializer.Serialize(stream, document, Indented);
            stream.Flush(flushToDisk: true);
        }

        File.Move(unfinished, path);
        Folder.Flush(folder);
    }

    private static FileStreamOptions ForItsOwner()
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        return options;
    }
}
