namespace Credentials.Tests.Harness;

/// <summary>Key rings in the form of the configuration.</summary>
public static class TestRing
{
    public static readonly Dictionary<string, string?> First = Create("k1", ("k1", 1));
    public static readonly Dictionary<string, string?> Both = Create("k2", ("k1", 1), ("k2", 2));
    public static readonly Dictionary<string, string?> OldActive = Create("k1", ("k1", 1), ("k2", 2));
    public static readonly Dictionary<string, string?> Second = Create("k2", ("k2", 2));

    public static Dictionary<string, string?> Create(string active, params (string Id, byte Material)[] keys) =>
        new(keys.Select(key => KeyValuePair.Create($"Vault:Keys:{key.Id}", (string?)Text(key.Material)))) { ["Vault:ActiveKey"] = active };

    public static byte[] Key(byte material) => [.. Enumerable.Range(0, 32).Select(i => (byte)(material * 7 + i * 3))];

    public static string Text(byte material) => Convert.ToBase64String(Key(material));
}
