using System.Globalization;
using Connections.Connectors.Definitions.Expressions;
using Connections.Connectors.Definitions.Model;
using Connections.Domain;
using Newtonsoft.Json.Linq;

namespace Connections.Connectors.Definitions.Running;

/// <summary>
/// Gathers the pages of a list into the root <c>items</c>, until there are as many as the input's <c>limit</c> asks for. The root
/// <c>page.next</c> is then the cursor of the rest, which a later activity gives as its input <c>cursor</c>.
/// </summary>
internal sealed class PagedRun(DefinedActivity activity, Paging paging, Call call, Sender sender)
{
    private const int StandardLimit = 100;
    private const int MaxLimit = 1000;
    private const int MaxPages = 50;

    // Below the limit of an output, which counts the mapped items.
    private const int MaxBytes = 150 * 1024;

    public async Task<(JToken? Result, ConnectorResult.Failed? Failure)> Run(CancellationToken ct)
    {
        try
        {
            return await Gather(ct);
        }
        catch (ExpressionFault fault)
        {
            return (null, call.Wrong(FailureKind.Internal, $"paging of {activity.Id}", fault.Message, Delivered.Yes));
        }
    }

    private async Task<(JToken? Result, ConnectorResult.Failed? Failure)> Gather(CancellationToken ct)
    {
        var limit = Limit();
        var cursor = Tokens.Text(call.Roots["input"]?["cursor"] ?? JValue.CreateNull());
        if (Problem(cursor) is { } wrong) return (null, wrong);
        var (items, bytes) = (new JArray(), 0);
        for (var pages = 1; ; pages++)
        {
            var size = Math.Clamp(limit - items.Count, 1, paging.Size);
            call.Set("page", Page(cursor, size));
            var operation = Operation(cursor);
            var (result, failure) = await sender.Send(call, operation, needsBody: true, ct);
            if (failure is not null) return (null, failure);
            if (result is not null && pages == 1) return (result, null);
            if (result is not null) return End(items, cursor, size, null);
            var found = paging.Items.Evaluate(call.Roots) as JArray ?? [];
            var (next, count) = (Next(cursor, found.Count, size), found.Count);
            foreach (var item in found.ToList())
            {
                bytes += item.ToString(Newtonsoft.Json.Formatting.None).Length;
                items.Add(item);
            }

            if (next is null || next == cursor || items.Count >= limit || bytes > MaxBytes || pages == MaxPages || (count == 0 && paging.Kind != PagingKind.Cursor))
                return End(items, cursor, size, next == cursor ? null : next);

            cursor = next;
        }
    }

    private (JToken? Result, ConnectorResult.Failed? Failure) End(JArray items, string? cursor, int size, string? next)
    {
        call.Set("items", items);
        var page = Page(cursor, size);
        page["next"] = next;
        call.Set("page", page);
        return (null, null);
    }

    private int Limit() => call.Roots["input"]?["limit"] is JValue { Type: JTokenType.Integer } given
        ? (int)Math.Clamp((decimal)given, 1, MaxLimit) : StandardLimit;

    private JObject Page(string? cursor, int size) => paging.Kind switch
    {
        PagingKind.Number or PagingKind.Offset => new JObject
        {
            ["number"] = cursor is null ? paging.First : int.Parse(cursor, CultureInfo.InvariantCulture),
            ["size"] = paging.Kind == PagingKind.Number ? paging.Size : size
        },
        _ => new JObject { ["cursor"] = cursor, ["size"] = size }
    };

    // The next page is on the same server: of an address only path and query are used.
    private Operation Operation(string? cursor)
    {
        var first = activity.Steps[0].Operation;
        if (cursor is null) return first;
        if (paging.Kind == PagingKind.Address) return (paging.Then ?? first) with { Next = cursor };
        return paging.Then ?? first;
    }

    private ConnectorResult.Failed? Problem(string? cursor) => cursor is null || paging.Kind is PagingKind.Cursor or PagingKind.Address
        || (int.TryParse(cursor, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number is >= 0 and < 100_000_000) ? null
        : call.Wrong(FailureKind.InvalidInput, activity.Id, "the cursor is none that an earlier page returned", Delivered.No);

    private string? Next(string? cursor, int count, int size)
    {
        if (paging.More is { } more && !Tokens.IsTrue(more.Evaluate(call.Roots))) return null;
        if (paging.Kind is PagingKind.Cursor or PagingKind.Address)
            return Tokens.Text(paging.Next!.Evaluate(call.Roots)) is { Length: > 0 } next ? next : null;
        if (paging.More is null && count < (paging.Kind == PagingKind.Number ? paging.Size : size)) return null;
        if (count == 0) return null;
        var now = cursor is null ? paging.First : int.Parse(cursor, CultureInfo.InvariantCulture);
        return (paging.Kind == PagingKind.Number ? now + 1 : now + count).ToString(CultureInfo.InvariantCulture);
    }
}
