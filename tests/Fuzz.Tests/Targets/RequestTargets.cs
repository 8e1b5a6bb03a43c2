using System.Text;
using System.Text.Unicode;
using Connections.Api.Requests;
using Fuzz.Tests.Harness;
using Microsoft.AspNetCore.Http;

namespace Fuzz.Tests.Targets;

/// <summary>Bodies of requests to the service: the content type in the first line, then the body.</summary>
internal static class RequestTargets
{
    public static IReadOnlyList<FuzzTarget> All { get; } =
    [
        new("request-body",
            ["application/json\n{\"connector\":\"http\",\"name\":\"Zo\"}"u8.ToArray(), "application/json; charset=utf-16\n{\0}\0"u8.ToArray(),
                "application/json; charset=\"utf8\"\n{}"u8.ToArray(), "text/plain\nx"u8.ToArray()],
            ["; charset=", "; charset=utf-7", "; charset=utf-7\n", "utf-7", "utf-8", "windows-1252", "\"", "us-ascii", "utf-32"],
            Decode)
    ];

    private static async Task Decode(byte[] input)
    {
        var line = Array.IndexOf(input, (byte)'\n');
        if (line < 0) return;
        var type = Encoding.Latin1.GetString(input.AsSpan(0, line));
        var context = new DefaultHttpContext { Request = { ContentType = type, Body = new MemoryStream(input[(line + 1)..]) } };
        context.Response.Body = new MemoryStream();
        var passed = false;
        await new JsonBodyMiddleware(async next =>
        {
            passed = true;
            var body = new MemoryStream();
            await next.Request.Body.CopyToAsync(body);
            if (next.Request.ContentType == "application/json" && next.Request.ContentLength is not null && !Utf8.IsValid(body.ToArray()))
                throw new InvalidOperationException("A body that is not UTF-8 was handed on.");
        }).Invoke(context);
        if (!passed && context.Response.StatusCode is not (400 or 415))
            throw new InvalidOperationException($"The status is {context.Response.StatusCode}.");
    }
}
