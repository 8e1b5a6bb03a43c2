using System.Text.Json;
using Connections.Connectors.Catalogue;
using Connections.Connectors.Files;
using Connections.Connectors.Http;
using Connections.Connectors.Ocr;
using Connections.Connectors.Signing;
using Connections.Domain;

namespace Connections.Connectors.GoogleVision;

/// <summary>
/// Extracts the text of one document: an image with one request, a longer document in windows of five pages. Each window costs money, so a
/// later attempt goes on after the last one that was read.
/// </summary>
internal sealed class VisionRun(
    VisionRequests requests, HttpTarget target, IRequestSigner signer, Func<Uri, HttpMessageInvoker> client, ConnectionUse use,
    IFileStore? store, TimeProvider clock)
{
    // Symbols with their breaks: a dense page has up to 1 MB.
    private const int MaxAnswer = 32 * 1024 * 1024;
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(1);

    private readonly ResultParts<ExtractedPage> parts = new(store, use.Workspace);
    private readonly AttemptTime time = new(use.Timeout, clock);
    private readonly List<ExtractedPage> pages = [];
    private readonly List<string> warnings = [];
    private VisionState state = VisionState.Begin;

    private bool MayGoOn => use.Stage is not null && parts.Available;

    /// <param name="wanted">The pages; empty for all.</param>
    public async Task<(ExtractedText? Text, ConnectorResult? Instead)> Run(
        ReadOnlyMemory<byte> document, string type, IReadOnlyList<string> languages, IReadOnlyList<int> wanted, CancellationToken ct)
    {
        var isFile = type is DocumentType.Pdf or DocumentType.Tiff or DocumentType.Gif;
        if (!isFile && wanted.Any(page => page != 1)) return (null, Invalid("An image has one page; leave pages out."));
        var instead = isFile ? await File(document, type, languages, wanted, ct) : await Image(document, languages, ct);
        return instead is null ? (new ExtractedText(pages, warnings), null) : (null, instead);
    }

    private async Task<ConnectorResult.Failed?> Image(ReadOnlyMemory<byte> document, IReadOnlyList<string> languages, CancellationToken ct)
    {
        var (answer, failure) = await Send(requests.Images, VisionRequests.Image(document, languages), ct);
        if (failure is not null) return failure;
        if (VisionFailures.Within(answer) is { } error) return error;
        pages.Add(VisionPage.Read(Page(answer), 1, "pixel"));
        return null;
    }

    private async Task<ConnectorResult?> File(
        ReadOnlyMemory<byte> document, string type, IReadOnlyList<string> languages, IReadOnlyList<int> wanted, CancellationToken ct)
    {
        await Resume(ct);
        if (wanted.Count == 0) wanted = [.. Enumerable.Range(1, state.Total)];
        for (var (done, from) = (state.Done, state.Done); ;)
        {
            // A later attempt would read, and pay for, what is not kept again.
            if (done > from && done == state.Done && !time.HasRoom()) return new ConnectorResult.Pending(Soon);
            // Without pages, Google reads the first five and says how many there are.
            var window = wanted.Skip(done).Take(VisionRequests.Window).ToList();
            var body = VisionRequests.File(document, type, languages, window);
            var (answer, failure) = await Send(requests.Files, body, ct);
            if (failure is { Kind: FailureKind.Timeout } && done > state.Done)
                return Invalid($"Only {done} pages were read in time: raise timeoutSeconds (up to 900), or name fewer pages.");
            if (failure is not null) return failure;
            if (VisionFailures.Within(answer) is { } error) return error;
            var total = (int)Math.Clamp(Json.Number(answer, "totalPages") ?? 0, 0, 100_000);
            var numbers = window.Count > 0 ? window : Enumerable.Range(1, Math.Min(total, VisionRequests.Window)).ToList();
            if (Add(answer, numbers, type == DocumentType.Pdf ? "point" : "pixel") is { } broken) return broken;
            done += numbers.Count;
            if (wanted.Count == 0 && total > done) wanted = [.. Enumerable.Range(1, total)];
            if (numbers.Count == 0 || done >= wanted.Count) return null;
            if (MayGoOn) await Keep(total, done, wanted.Count, ct);
        }
    }

    // Where a part of the result has expired, the document is read anew.
    private async Task Resume(CancellationToken ct)
    {
        var stored = MayGoOn ? VisionState.Find(use.Stage) : VisionState.Begin;
        if (await parts.Read(stored.Parts, ct) is not { } read) return;
        state = stored;
        pages.AddRange(read);
        warnings.AddRange(stored.Warnings);
    }

    // Text that the file store does not take now is kept with the next window.
    private async Task Keep(int total, int done, int wanted, CancellationToken ct)
    {
        Guid part;
        try
        {
            part = await parts.Write(pages[state.Done..], ct);
        }
        catch (Exception fault) when (GivenFiles.IsOfStore(fault))
        {
            return;
        }

        state = new VisionState(total, done, [.. state.Parts, part], warnings);
        await use.Stage!.Save(state.Serialize(), new StageProgress(done, wanted, "pages"), resumable: true, ct);
    }

    // One page that cannot be read spoils no other page.
    private ConnectorResult.Failed? Add(JsonElement answer, List<int> numbers, string unit)
    {
        var answers = VisionPage.Items(answer, "responses").ToList();
        if (answers.Count < numbers.Count)
            return new ConnectorResult.Failed(
                FailureKind.Unavailable, $"Google Vision answered {answers.Count} of {numbers.Count} pages.", Delivered.Maybe,
                Answered: true);
        foreach (var (number, part) in numbers.Zip(answers))
        {
            if (VisionFailures.Within(part) is { Kind: not FailureKind.InvalidInput } failure) return failure;
            if (VisionFailures.Within(part) is { } unreadable) warnings.Add($"Page {number}: {unreadable.Message}");
            pages.Add(VisionPage.Read(Page(part), number, unit));
        }

        return null;
    }

    private async Task<(JsonElement Answer, ConnectorResult.Failed? Failure)> Send(Uri address, byte[] body, CancellationToken ct)
    {
        var request = new ApiRequest(HttpMethod.Post, address, [new("Accept", "application/json")], body, "application/json");
        var (response, failure) = await SignedCall.Send<ApiResponse>(signer, async () =>
        {
            var (answer, broken) = await new HttpCall(target, signer, client, clock).Send(
                request, ct, (message, own, token) => ApiResponse.Read(message, own, signer.Mask, clock, token, MaxAnswer));
            return (answer, broken ?? VisionFailures.Judge(answer!));
        }, ct);
        if (failure is not null) return (default, failure);
        var first = VisionPage.Items(Json.Foreign(response!.Text), "responses").FirstOrDefault();
        return first.ValueKind == JsonValueKind.Object ? (first, null) : (default, new ConnectorResult.Failed(
            FailureKind.Unavailable, "Google Vision's answer is not what its API description says.", Delivered.Maybe, Answered: true));
    }

    private static JsonElement Page(JsonElement answer) =>
        VisionPage.Items(Json.Member(answer, "fullTextAnnotation"), "pages").FirstOrDefault();

    private static ConnectorResult.Failed Invalid(string message) => new(FailureKind.InvalidInput, message, Delivered.No, Answered: true);
}
