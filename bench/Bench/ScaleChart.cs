using System.Globalization;
using System.Text;

namespace Bench;

/// <summary>Draws p50 and p99 of every request as bars on a logarithmic scale, with the goal as a line.</summary>
internal static class ScaleChart
{
    private const int Label = 290;
    private const int Plot = 560;
    private const int Bar = 7;
    private const double Least = 0.1;
    private const double Decades = 5;

    private static readonly string[] Colours = ["#2f6fad", "#d07b2c"];

    public static string Draw(IReadOnlyList<ScaleResult> results, int connections, int events)
    {
        var shown = results.Where(r => !r.IsStart).ToArray();
        var (stores, names) = (shown.Select(r => r.Store).Distinct().ToArray(), shown.Select(r => r.Name).Distinct().ToArray());
        var row = (stores.Length * (Bar + 2)) + 6;
        var height = 60 + (names.Length * row) + 20;
        var svg = new StringBuilder();
        Line($"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {Label + Plot + 20} {height}\" font-family=\"sans-serif\" font-size=\"11\">");
        Line($"<rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>");
        Line($"<text x=\"10\" y=\"20\" font-size=\"13\">{connections:N0} connections, {events:N0} events: p50 (dark) and p99 (light) in milliseconds</text>");
        foreach (var (store, i) in stores.Select((s, i) => (s, i)))
            Line($"<rect x=\"{10 + (i * 110)}\" y=\"30\" width=\"10\" height=\"10\" fill=\"{Colours[i]}\"/><text x=\"{24 + (i * 110)}\" y=\"39\">{store}</text>");
        for (var decade = 0; decade <= Decades; decade++)
        {
            var value = Least * Math.Pow(10, decade);
            Line($"<line x1=\"{X(value):F0}\" x2=\"{X(value):F0}\" y1=\"50\" y2=\"{height - 15}\" stroke=\"#ddd\"/>");
            Line($"<text x=\"{X(value):F0}\" y=\"{height - 4}\" text-anchor=\"middle\">{value:0.#}</text>");
        }

        foreach (var (name, n) in names.Select((s, i) => (s, i)))
        {
            var top = 56 + (n * row);
            Line($"<text x=\"{Label - 8}\" y=\"{top + (row / 2) + 1}\" text-anchor=\"end\">{name}</text>");
            foreach (var (store, i) in stores.Select((s, i) => (s, i)))
            {
                if (shown.SingleOrDefault(r => r.Name == name && r.Store == store) is not { } result) continue;
                var y = top + (i * (Bar + 2));
                Rectangle(y, result.P99, Colours[i], 0.4);
                Rectangle(y, result.P50, Colours[i], 1);
            }
        }

        var goal = X(ScaleBench.GoalMilliseconds);
        Line($"<line x1=\"{goal:F0}\" x2=\"{goal:F0}\" y1=\"50\" y2=\"{height - 15}\" stroke=\"#b00\" stroke-dasharray=\"4 3\"/>");
        Line($"<text x=\"{goal + 4:F0}\" y=\"48\" fill=\"#b00\">goal {ScaleBench.GoalMilliseconds} ms</text>");
        return svg.Append("</svg>\n").ToString();

        void Rectangle(int y, double value, string colour, double opacity) => Line(
            $"<rect x=\"{Label}\" y=\"{y}\" width=\"{Math.Max(1, X(value) - Label):F0}\" height=\"{Bar}\" fill=\"{colour}\" opacity=\"{opacity}\"/>");

        void Line(FormattableString text) => svg.Append(text.ToString(CultureInfo.InvariantCulture)).Append('\n');
    }

    private static double X(double value) => Label + (Plot * Math.Log10(Math.Max(value, Least) / Least) / Decades);
}
