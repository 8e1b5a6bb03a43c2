using CsCheck;

namespace Domain.Tests.Properties;

/// <summary>Commands as they come: some again, some much later.</summary>
internal static class CommandSequences
{
    /// <summary>Each is said in its turn, or an earlier one is said again.</summary>
    public static Gen<List<T>> OutOfOrder<T>(Gen<T> command) => Gen.Select(command, Gen.Int[0, 12]).List[1, 40].Select(said =>
    {
        var commands = new List<T>();
        foreach (var (fresh, back) in said) commands.Add(back is > 0 and < 5 && commands.Count >= back ? commands[^back] : fresh);
        return commands;
    });

    public static string Print<T>(List<T> commands) => string.Join('\n', commands);
}
