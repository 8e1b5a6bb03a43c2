using System.Globalization;

namespace Bench;

/// <summary>Prints the results as a table in Markdown.</summary>
internal static class ScaleTable
{
    public static void Print(IReadOnlyList<ScaleResult> results)
    {
        var stores = results.Select(r => r.Store).Distinct().ToArray();
        Console.WriteLine($"| milliseconds | {string.Join(" | ", stores.Select(s => $"{s} p50 | p99 | CPU"))} |");
        Console.WriteLine($"|---|{string.Concat(stores.Select(_ => "---|---|---|"))}");
        foreach (var name in results.Select(r => r.Name).Distinct())
            Console.WriteLine($"| {name} | {string.Join(" | ", stores.Select(s => Cells(results.SingleOrDefault(r => r.Store == s && r.Name == name))))} |");
    }

    private static string Cells(ScaleResult? result) => result is null
        ? "– | – | –"
        : $"{Text(result.P50)} | {(result.Misses ? $"**{Text(result.P99)}**" : Text(result.P99))} | {Text(result.Cpu)}";

    private static string Text(double milliseconds) => milliseconds.ToString(milliseconds < 100 ? "N1" : "N0", CultureInfo.InvariantCulture);
}
