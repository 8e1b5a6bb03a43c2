using System.Buffers;
using System.Net;
using Connections.Connectors.Files;
using Connections.Connectors.Http;
using Connections.Domain;

namespace Connections.Connectors.Drives;

/// <summary>Copies a file of a drive into the file store while it arrives. After a broken connection it asks for the rest.</summary>
internal sealed class DriveDownload(DriveApi api, IFileWriter writer)
{
    private const int MaxResumes = 5;

    private static readonly KeyValuePair<string, string> Unpacked = new("Accept-Encoding", "identity");

    private long skip;

    /// <summary>The bytes that were written so far.</summary>
    public long Written { get; private set; }

    /// <param name="resumes">Whether the provider can send a part of the file.</param>
    /// <returns>Whether the file came in several parts: then it may have changed between them.</returns>
    public async Task<bool> Run(ApiRequest request, bool resumes, CancellationToken ct)
    {
        for (var resumed = 0; ; resumed++)
        {
            var from = skip = Written;
            IEnumerable<KeyValuePair<string, string>> headers = from == 0 ? [Unpacked] : [Unpacked, new("Range", $"bytes={from}-")];
            try
            {
                var part = request with { Headers = [.. request.Headers, .. headers] };
                var response = await api.Send(part, ct, Copy, from == 0 ? [] : [416]);
                return response.Status == 416 ? throw Changed() : resumed > 0;
            }
            catch (DriveException broken) when (
                resumes && resumed < MaxResumes && Written > from && broken.Failure.Kind == FailureKind.Unavailable)
            {
                // Ask for the rest.
            }
        }
    }

    public static DriveException Changed() => DriveException.Unavailable("The file was changed while it was fetched.", Delivered.No);

    private async Task<ApiResponse> Copy(HttpResponseMessage response, bool own, CancellationToken ct)
    {
        if (!response.IsSuccessStatusCode) return await api.ReadBody(response, own, ct);
        if (response.StatusCode == HttpStatusCode.PartialContent)
        {
            if (response.Content.Headers.ContentRange?.From != skip)
                throw DriveException.Unavailable("The provider sent another part of the file than was asked for.", Delivered.No);
            skip = 0; // else the provider sends the whole file again
        }

        await using var from = await response.Content.ReadAsStreamAsync(ct);
        var buffer = ArrayPool<byte>.Shared.Rent(64 * 1024);
        try
        {
            for (int read; (read = await from.ReadAsync(buffer, ct)) > 0;)
            {
                var known = (int)Math.Min(skip, read);
                skip -= known;
                if (known == read) continue;
                await writer.Write(buffer.AsMemory(known, read - known), ct);
                Written += read - known;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer, clearArray: true);
        }

        return api.Head(response, own);
    }
}
