using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Connections.Connectors;
using Connections.Connectors.Files;
using Connections.Domain;
using Connectors.Tests.Descriptions;
using EventSourcing;

namespace Connectors.Tests.Ocr;

public sealed class VisionTests
{
    private static readonly byte[] Png = [0x89, 0x50, 0x4E, 0x47, 1, 2, 3];
    private static readonly byte[] Pdf = Encoding.ASCII.GetBytes("%PDF-1.7 …");

    [Fact]
    public async Task Symbols_become_lines_with_boxes_in_fractions_of_the_page()
    {
        await using var vision = await VisionDouble.Start();
        vision.Annotate = _ => (200, """
            {"responses":[{"fullTextAnnotation":{"pages":[{"width":200,"height":100,"blocks":[{"paragraphs":[{"words":[
              {"boundingBox":{"vertices":[{},{"x":20},{"x":20,"y":10},{"y":10}]},"confidence":0.9,
               "symbols":[{"text":"I"},{"text":"t","property":{"detectedBreak":{"type":"SPACE"}}}]},
              {"boundingBox":{"vertices":[{"x":30},{"x":50},{"x":50,"y":12},{"x":30,"y":12}]},"confidence":0.7,
               "symbols":[{"text":"is","property":{"detectedBreak":{"type":"LINE_BREAK"}}}]},
              {"symbols":[{"text":"hy"},{"text":"phen","property":{"detectedBreak":{"type":"HYPHEN"}}}]},
              {"symbols":[{"text":"ated","property":{"detectedBreak":{"type":"EOL_SURE_SPACE"}}}]},
              {"symbols":[{"text":"😀"},{"text":"b","property":{"detectedBreak":{"type":"LINE_BREAK","isPrefix":true}}}]}]}]}]}]}}]}
            """);
        var output = await Done(vision.Run(Png, new { languages = (string[])["de", "en"] }));
        Assert.Equal("It is\nhyphen-\nated\n😀\nb", output.GetProperty("text").GetString());
        Assert.Equal(
            """[{"text":"It is","confidence":0.8,"box":[0,0,0.25,0.12]},{"text":"hyphen-"},{"text":"ated"},{"text":"\uD83D\uDE00"},{"text":"b"}]""",
            output.GetProperty("pages")[0].GetProperty("lines").GetRawText());
        Assert.Equal(["/v1/images:annotate"], vision.Targets);
        var request = JsonNode.Parse(vision.Requests[0].Body)!["requests"]![0]!;
        Assert.Equal(Convert.ToBase64String(Png), (string?)request["image"]!["content"]);
        Assert.Equal("""["de","en"]""", request["imageContext"]!["languageHints"]!.ToJsonString());
        Assert.Equal("canary-key-77a1", vision.Requests[0].Headers["X-Goog-Api-Key"]);
    }

    [Theory]
    [InlineData(1, "", "[]")]
    [InlineData(5, "", "[]")]
    [InlineData(6, "", "[]|[6]")]
    [InlineData(12, "", "[]|[6,7,8,9,10]|[11,12]")]
    [InlineData(12, "9,2,2", "[2,9]")]
    [InlineData(12, "1,2,3,4,5,7", "[1,2,3,4,5]|[7]")]
    public async Task A_document_is_read_in_windows_of_five_pages(int total, string wanted, string windows)
    {
        await using var vision = await VisionDouble.Start();
        var asked = new List<string>();
        vision.Annotate = body =>
        {
            var pages = body["requests"]![0]!["pages"]?.AsArray().Select(p => (int)p!).ToList();
            asked.Add($"[{string.Join(',', pages ?? [])}]");
            Assert.Equal("application/pdf", (string?)body["requests"]![0]!["inputConfig"]!["mimeType"]);
            return (200, Pages(total, pages ?? [.. Enumerable.Range(1, Math.Min(5, total))]));
        };
        var numbers = wanted.Length > 0 ? wanted.Split(',').Select(int.Parse).ToArray() : null;
        var output = await Done(vision.Run(Pdf, numbers is null ? null : new { pages = numbers }));
        Assert.Equal(windows, string.Join('|', asked));
        var expected = numbers?.Distinct().Order() ?? Enumerable.Range(1, total);
        Assert.Equal(expected.Select(n => $"page {n}"), output.GetProperty("text").GetString()!.Split('\n'));
        Assert.Equal(expected, output.GetProperty("pages").EnumerateArray().Select(p => p.GetProperty("number").GetInt32()));
        Assert.Equal("point", output.GetProperty("pages")[0].GetProperty("unit").GetString());
    }

    [Fact]
    public async Task A_page_that_cannot_be_read_is_a_warning_and_spoils_no_other()
    {
        await using var vision = await VisionDouble.Start();
        vision.Annotate = _ => (200, """
            {"responses":[{"totalPages":2,"responses":[{"error":{"code":3,"message":"Bad image data."}},
              {"fullTextAnnotation":{"pages":[{"width":1,"height":1,"blocks":[{"paragraphs":[{"words":[{"symbols":[{"text":"b"}]}]}]}]}]}}]}]}
            """);
        var output = await Done(vision.Run(Pdf));
        Assert.Equal("b", output.GetProperty("text").GetString());
        Assert.Contains("Page 1: ", output.GetProperty("warnings")[0].GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(200, """{"responses":[{"error":{"code":3,"message":"Bad image data."}}]}""", FailureKind.InvalidInput)]
    [InlineData(200, """{"responses":[{"error":{"code":7,"message":"no"}}]}""", FailureKind.Forbidden)]
    [InlineData(200, """{"responses":[{"error":{"code":8,"message":"quota"}}]}""", FailureKind.Throttled)]
    [InlineData(200, """{"responses":[{"error":{"code":14}}]}""", FailureKind.Unavailable)]
    [InlineData(200, """{"responses":[]}""", FailureKind.Unavailable)]
    [InlineData(400, """{"error":{"code":400,"status":"INVALID_ARGUMENT","message":"canary-key-77a1"}}""", FailureKind.InvalidInput)]
    [InlineData(400, """{"error":{"code":400,"details":[{"reason":"API_KEY_INVALID"}]}}""", FailureKind.ReauthRequired)]
    [InlineData(401, """{"error":{"code":401}}""", FailureKind.ReauthRequired)]
    [InlineData(403, """{"error":{"code":403,"details":[{"reason":"SERVICE_DISABLED"}]}}""", FailureKind.Forbidden)]
    [InlineData(413, "", FailureKind.InvalidInput)]
    [InlineData(429, """{"error":{"code":429,"status":"RESOURCE_EXHAUSTED"}}""", FailureKind.Throttled)]
    [InlineData(503, "", FailureKind.Unavailable)]
    public async Task A_failure_is_read_from_the_status_and_from_within_the_answer(int status, string body, FailureKind kind)
    {
        await using var vision = await VisionDouble.Start();
        vision.Annotate = _ => (status, body);
        var failed = Assert.IsType<ConnectorResult.Failed>(await vision.Run(Png));
        Assert.Equal(kind, failed.Kind);
        Assert.DoesNotContain("canary", failed.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("plain text")]
    [InlineData("")]
    [InlineData("<html>")]
    [InlineData("PK\u0003\u0004")]
    [InlineData("RIFF1234AVI ")]
    public async Task Another_kind_of_file_is_rejected_before_anything_is_sent(string content)
    {
        await using var vision = await VisionDouble.Start();
        var failed = Assert.IsType<ConnectorResult.Failed>(await vision.Run(Encoding.UTF8.GetBytes(content)));
        Assert.Equal((FailureKind.InvalidInput, Delivered.No), (failed.Kind, failed.Delivered));
        Assert.Empty(vision.Requests);
    }

    [Fact]
    public async Task Tables_are_not_found_and_the_output_says_so()
    {
        await using var vision = await VisionDouble.Start();
        var output = await Done(vision.Run(Png, new { tables = true, keyValues = false }));
        Assert.Equal(["Google Vision finds no tables; use aws-textract for them."], output.GetProperty("warnings").EnumerateArray().Select(w => w.GetString()));
    }

    [Fact]
    public async Task A_result_that_is_too_large_is_a_file_and_the_text_is_cut()
    {
        var files = new FilesInMemory();
        await using var vision = await VisionDouble.Start(files);
        var word = JsonSerializer.Serialize(new { symbols = new[] { new { text = new string('ä', 1000), property = new { detectedBreak = new { type = "LINE_BREAK" } } } } });
        vision.Annotate = _ => (200, """{"responses":[{"fullTextAnnotation":{"pages":[{"width":1,"height":1,"blocks":[{"paragraphs":[{"words":[WORDS]}]}]}]}}]}"""
            .Replace("WORDS", string.Join(',', Enumerable.Repeat(word, 300)), StringComparison.Ordinal));
        var output = await Done(vision.Run(Png));
        Assert.True(output.GetProperty("truncated").GetBoolean());
        Assert.Equal(32 * 1024, output.GetProperty("text").GetString()!.Length);
        Assert.Equal(("scan.json", files.Stored.Single().Size), (output.GetProperty("result").GetProperty("name").GetString(), output.GetProperty("result").GetProperty("size").GetInt64()));
        Assert.InRange(files.Stored.Single().Size, 1_200_000, 1_250_000);

        await using var without = await VisionDouble.Start();
        without.Annotate = vision.Annotate;
        Assert.Equal(FailureKind.InvalidInput, Assert.IsType<ConnectorResult.Failed>(await without.Run(Png)).Kind);
    }

    [Theory]
    [InlineData("file.store-full")]
    [InlineData("file.not-configured")]
    [InlineData(null)]
    public async Task A_result_that_cannot_be_stored_is_not_read_and_charged_again(string? code)
    {
        var files = new FilesInMemory
        {
            Completing = _ =>
                throw (code is null ? new FileStoreUnavailableException("No disk.") : new RejectedException(code, "The store is full."))
        };
        await using var vision = await VisionDouble.Start(files);
        var symbol = JsonSerializer.Serialize(new { text = new string('x', 300_000) });
        vision.Annotate = _ => (200, """{"responses":[{"fullTextAnnotation":{"pages":[{"blocks":[{"paragraphs":[{"words":[{"symbols":[SYMBOL]}]}]}]}]}}]}"""
            .Replace("SYMBOL", symbol, StringComparison.Ordinal));
        var failed = Assert.IsType<ConnectorResult.Failed>(await vision.Run(Png));
        Assert.Equal((FailureKind.Internal, Delivered.Yes), (failed.Kind, failed.Delivered)); // no other attempt follows
        Assert.Single(vision.Requests);
    }

    [Fact]
    public async Task An_image_that_mentions_a_PDF_is_an_image()
    {
        await using var vision = await VisionDouble.Start();
        await Done(vision.Run([.. Png, .. "%PDF-1.7"u8]));
        Assert.Equal(["/v1/images:annotate"], vision.Targets);
    }

    [Fact]
    public async Task A_region_is_a_part_of_the_address()
    {
        await using var vision = await VisionDouble.Start();
        await Done(vision.Run(Png, use: vision.Account(region: "eu")));
        Assert.Equal(["/token", "/v1/projects/acme-documents/locations/eu/images:annotate"], vision.Targets);
        await Done(vision.Run(Png, use: vision.Use(new { authentication = "apiKey", region = "us", project = "p-1" })));
        Assert.Equal("/v1/projects/p-1/locations/us/images:annotate", vision.Targets.Last());
        var failed = Assert.IsType<ConnectorResult.Failed>(await vision.Run(Png, use: vision.Use(new { authentication = "apiKey", region = "us" })));
        Assert.Equal((FailureKind.InvalidInput, 3), (failed.Kind, vision.Requests.Count));
    }

    private static string Pages(int total, IReadOnlyList<int> numbers) => JsonSerializer.Serialize(new
    {
        responses = new[]
        {
            new
            {
                totalPages = total,
                responses = numbers.Select(n => new
                {
                    fullTextAnnotation = new
                    {
                        pages = new[]
                        {
                            new { width = 595, height = 842, blocks = new[] { new { paragraphs = new[] { new { words = new[] { new { symbols = new[] { new { text = $"page {n}" } } } } } } } } }
                        }
                    }
                })
            }
        }
    });

    private static async Task<JsonElement> Done(Task<ConnectorResult> running)
    {
        var result = await running;
        if (result is ConnectorResult.Failed failed) Assert.Fail($"{failed.Kind}: {failed.Message}");
        return ((ConnectorResult.Done)result).Output;
    }
}
