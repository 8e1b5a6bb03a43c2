using System.Text;
using Connections.Console.Pages;
using Connections.Console.Words;
using Connections.Hosting.Keys;
using Connections.ReadModels.Connections;
using Connections.Web.Keys;
using Connections.Web.Responses;

namespace Connections.Console.Endpoints;

/// <summary>Shows the sign-ins that end soon, as a page and as a calendar.</summary>
internal static class ExpiringEndpoints
{
    private const int Most = 1_000;

    private static readonly TimeSpan Horizon = TimeSpan.FromDays(90);

    public static void MapExpiring(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/expiring", async (HttpContext http, Apps apps, ConnectionResponses answers, ConnectionDetails details, TimeProvider clock, CancellationToken ct) =>
        {
            var now = clock.GetUtcNow();
            var ending = await Ending(http, answers, now);
            var uses = await details.Uses(http.Workspace(), ending.Select(i => i.Id), ct);
            var lines = ending.Select(i => new ExpiringLine(i, apps.Entry(i.Connector)?.Name ?? i.Connector, [.. uses[i.Id]])).ToList();
            IReadOnlyList<ExpiringLine> Between(double from, double to) =>
                [.. lines.Where(l => (l.Connection.Expires!.At - now).TotalDays is var days && days > from && days <= to)];
            await Page.Show<ExpiringPage, ExpiringModel>(http, new ExpiringModel(
            [
                ("Overdue", Between(double.MinValue, 0)), ("Within a week", Between(0, 7)), ("Within a month", Between(7, 30)), ("Later", Between(30, double.MaxValue))
            ]));
        }).Needs(Role.Viewer);
        routes.MapGet("/expiring.ics", async (HttpContext http, ConnectionResponses answers, TimeProvider clock) =>
        {
            var now = clock.GetUtcNow();
            http.Response.Headers.CacheControl = "no-store";
            return Results.Text(Calendar(await Ending(http, answers, now), now), "text/calendar", Encoding.UTF8);
        }).Needs(Role.Viewer);
    }

    private static async Task<IReadOnlyList<ConnectionResponse>> Ending(HttpContext http, ConnectionResponses answers, DateTimeOffset now)
    {
        var filter = new ConnectionFilter(null, null, null, now + Horizon, Most, null, "expires");
        return [.. (await answers.List(http.Workspace(), filter, http.RequestAborted)).Items.Where(i => i.Expires is not null)];
    }

    // RFC 5545
    private static string Calendar(IReadOnlyList<ConnectionResponse> items, DateTimeOffset now)
    {
        var text = new StringBuilder("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Connections//Expiring//EN\r\n");
        foreach (var item in items)
        {
            Line($"BEGIN:VEVENT");
            Line($"UID:{item.Id}-{item.CredentialVersion}@connections");
            Line($"DTSTAMP:{Time(now)}");
            Line($"DTSTART:{Time(item.Expires!.At)}");
            Line($"SUMMARY:{Escape($"{item.Name} ends: reconnect it")}");
            Line($"DESCRIPTION:{Escape($"{item.Account.Display}. {StatusWords.Basis(item.Expires.Basis)}.")}");
            Line("END:VEVENT");
        }

        return text.Append("END:VCALENDAR\r\n").ToString();

        // A line has at most 75 bytes; a longer one goes on after a blank.
        void Line(string line)
        {
            var bytes = 0;
            foreach (var rune in line.EnumerateRunes())
            {
                if (bytes + rune.Utf8SequenceLength > 73)
                {
                    text.Append("\r\n ");
                    bytes = 1;
                }

                text.Append(rune.ToString());
                bytes += rune.Utf8SequenceLength;
            }

            text.Append("\r\n");
        }
    }

    private static string Time(DateTimeOffset at) => at.UtcDateTime.ToString("yyyyMMdd'T'HHmmss'Z'", System.Globalization.CultureInfo.InvariantCulture);

    private static string Escape(string text) => text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace(";", "\\;", StringComparison.Ordinal)
        .Replace(",", "\\,", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);
}
