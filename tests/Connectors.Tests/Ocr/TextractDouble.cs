using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json.Nodes;
using Connectors.Tests.Amazon;
using Connectors.Tests.S3;
using Microsoft.AspNetCore.Http;
using TestServers;

namespace Connectors.Tests.Ocr;

/// <summary>Textract with S3 and STS. Requests and answers are held to Amazon's descriptions, and signatures to the key.</summary>
internal sealed class TextractDouble : IAsyncDisposable
{
    public const string Bucket = "documents";

    private readonly AmazonDouble amazon;
    private readonly ConcurrentDictionary<string, string> jobs = new();

    private TextractDouble(AmazonDouble amazon) => this.amazon = amazon;

    public string Address => amazon.Address;

    public IReadOnlyList<ReceivedRequest> Requests => amazon.Requests;

    /// <summary>The kinds of the requests: <c>POST GetDocumentAnalysis</c>, <c>PUT</c>.</summary>
    public IEnumerable<string> Kinds => amazon.Kinds;

    /// <summary>Answers a request in place of the double. The number counts the requests of the kind, from 1.</summary>
    public Func<string, int, HttpContext, Task<bool>> Script { get; set; } = (_, _, _) => Task.FromResult(false);

    /// <summary>Called when a request was carried out, before it is answered.</summary>
    public Func<HttpContext, Task> Answering { get; set; } = _ => Task.CompletedTask;

    /// <summary>The answers that make up the result of a job; of a page in one request, the first.</summary>
    public IReadOnlyList<JsonObject> Result { get; set; } = [Blocks(Line(1, "one"), Line(2, "two"))];

    public int Pages { get; set; } = 2;

    public string Status { get; set; } = "SUCCEEDED";

    /// <summary>How often a job is asked for before it is done.</summary>
    public int Busy { get; set; }

    public int Jobs => jobs.Count;

    /// <summary>The objects in the bucket.</summary>
    public IEnumerable<string> Objects => amazon.Requests.Aggregate(new HashSet<string>(), (objects, request) =>
    {
        var (path, query) = (request.Target.Split('?')[0], request.Target.Split('?').ElementAtOrDefault(1) ?? "");
        if (request.Method == "DELETE") objects.Remove(path);
        var isUpload = request.Method == "PUT" && !query.Contains("partNumber", StringComparison.Ordinal);
        if (isUpload || (request.Method == "POST" && query.Contains("uploadId", StringComparison.Ordinal))) objects.Add(path);
        return objects;
    });

    public static async Task<TextractDouble> Start()
    {
        var textract = new TextractDouble(await AmazonDouble.Start());
        textract.amazon.Script = async (kind, number, context) =>
        {
            if (await textract.Script(kind, number, context)) return true;
            if (!context.Request.Headers.TryGetValue("X-Amz-Target", out var target))
            {
                await textract.Answering(context);
                return false;
            }

            await textract.Answer(target.ToString().Split('.')[1], JsonNode.Parse(textract.Requests[^1].Body)!.AsObject(), context);
            return true;
        };
        return textract;
    }

    public static JsonObject Blocks(params JsonObject[] blocks) => new() { ["Blocks"] = new JsonArray([.. blocks]) };

    public static JsonObject Line(int page, string text, double confidence = 99.5) => new()
    {
        ["BlockType"] = "LINE",
        ["Id"] = $"line-{page}-{text}",
        ["Page"] = page,
        ["Text"] = text,
        ["Confidence"] = confidence
    };

    /// <summary>One line, which names its page.</summary>
    public static JsonObject Lines(int page) => Blocks(Line(page, $"page {page}"));

    public static async Task<bool> Error(HttpContext context, string code, int status = 400, string message = "Because.")
    {
        (context.Response.StatusCode, context.Response.ContentType) = (status, "application/x-amz-json-1.1");
        var error = new JsonObject { ["__type"] = $"com.amazonaws.textract#{code}", ["message"] = message };
        await context.Response.WriteAsync(error.ToJsonString());
        return true;
    }

    public ValueTask DisposeAsync() => amazon.DisposeAsync();

    private Task Answer(string operation, JsonObject body, HttpContext context) => operation switch
    {
        "StartDocumentTextDetection" or "StartDocumentAnalysis" => Begin(operation, body, context),
        "GetDocumentTextDetection" or "GetDocumentAnalysis" => Get(operation, body, context),
        _ => Write(operation, Result[0].DeepClone().AsObject(), context)
    };

    // A job is known by the token of the client: other parameters with the same token are rejected.
    private async Task Begin(string operation, JsonObject body, HttpContext context)
    {
        var (token, parameters) = ((string)body["ClientRequestToken"]!, $"{operation} {body.ToJsonString()}");
        if (jobs.GetOrAdd(token, parameters) != parameters) await Error(context, "IdempotentParameterMismatchException");
        else await Write(operation, new JsonObject { ["JobId"] = Job(token) }, context);
    }

    private async Task Get(string operation, JsonObject body, HttpContext context)
    {
        if (!jobs.Keys.Select(Job).Contains((string)body["JobId"]!))
        {
            await Error(context, "InvalidJobIdException");
            return;
        }

        var (token, kind) = ((string?)body["NextToken"], $"POST {operation}");
        if (token is null && Kinds.Count(sent => sent == kind) <= Busy)
        {
            await Write(operation, new JsonObject { ["JobStatus"] = "IN_PROGRESS" }, context);
            return;
        }

        var index = token is null ? 0 : int.Parse(token["page-".Length..], CultureInfo.InvariantCulture);
        var answer = Result[index].DeepClone().AsObject();
        answer["JobStatus"] = Status;
        answer["DocumentMetadata"] = new JsonObject { [nameof(Pages)] = Pages };
        if (index + 1 < Result.Count) answer["NextToken"] = $"page-{index + 1}";
        await Write(operation, answer, context);
    }

    private async Task Write(string operation, JsonObject answer, HttpContext context)
    {
        await Answering(context);
        var text = answer.ToJsonString();
        amazon.Report(AmazonDescription.Textract.Differences(operation, text));
        context.Response.ContentType = "application/x-amz-json-1.1";
        await context.Response.WriteAsync(text);
    }

    private static string Job(string token) => $"job-{token[4..]}"; // at most 64 characters
}
