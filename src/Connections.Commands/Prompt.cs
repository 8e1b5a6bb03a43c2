using System.Text;

namespace Connections.Commands;

/// <summary>Reads a line from a person.</summary>
internal static class Prompt
{
    /// <param name="hidden">True for a secret: what is typed is not shown.</param>
    public static string Read(bool hidden)
    {
        if (!hidden || Console.IsInputRedirected) return Console.ReadLine() ?? "";
        var typed = new StringBuilder();
        while (Console.ReadKey(intercept: true) is { Key: not ConsoleKey.Enter } key)
        {
            if (key.Key != ConsoleKey.Backspace) typed.Append(key.KeyChar);
            else if (typed.Length > 0) typed.Length--;
        }

        Console.Error.WriteLine();
        return typed.ToString();
    }
}
