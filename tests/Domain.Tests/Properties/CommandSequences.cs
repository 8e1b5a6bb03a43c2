using CsCheck;

namespace Domain.Tests.Properties;

/// <summary>Command sequences with repeated and delayed commands.</summary>
internal static class CommandSequences
{
    /// <summary>Each command comes in order, or an earlier one is repeated.</summary>
    public static Gen<List<T>> OutOfOrder<T>(Gen<T> command) => Gen.Select(command, Gen.Int[0, 12]).List[1, 40].Select(drawn =>
    {
        var commands = new List<T>();
        foreach (var (fresh, back) in drawn) commands.Add(back is > 0 and < 5 && commands.Count >= back ? commands[^back] : fresh);
        return commands;
    });

    public static string Print<T>(List<T> commands) => string.Join('\n', commands);
}
