using System.Buffers;
using System.Net.Http.Headers;
using Connections.Connectors.Definitions.Expressions;
using Connections.Connectors.Definitions.Model;
using Connections.Connectors.Files;
using Connections.Connectors.Http;
using Connections.Connectors.Masking;
using Connections.Domain;

namespace Connections.Connectors.Definitions.Running;

/// <summary>Stores the body of an answer as a file while it arrives. It is never in memory as a whole.</summary>
internal sealed class SavedAnswer(Call call, Operation operation, IFileStore? store, TimeProvider clock)
{
    private const int Part = 64 * 1024;

    /// <summary>Why a success was not stored; null if it was, or if the answer is no success.</summary>
    public ConnectorResult.Failed? Problem { get; private set; }

    /// <summary>Reads an answer that is no success as usual. The file of a success is then the root <c>file</c>.</summary>
    /// <exception cref="ExpressionFault">A rule of the definition cannot be applied to the answer.</exception>
    public async Task<ApiResponse> Read(HttpResponseMessage response, bool own, CancellationToken ct)
    {
        var head = Answers.Read(call, ApiResponse.Head(response, own, call.Signer.Mask, clock));
        if (!Answers.Succeeds(operation, head, call.Roots)) return await ApiResponse.Read(response, own, call.Signer.Mask, clock, ct);
        Problem = response.Content.Headers.ContentEncoding.Any(coding => !coding.Equals("identity", StringComparison.OrdinalIgnoreCase))
            ? new ConnectorResult.Failed(
                FailureKind.InvalidInput, "The API sends the file packed, although this was not asked for.", Delivered.Yes, Answered: true)
            : store is null
                ? new ConnectorResult.Failed(FailureKind.Operator, "There is no file store here, so the file was not stored.", Delivered.Yes, Answered: true)
                : null;
        if (Problem is null) call.Set("file", CallFiles.Describe(await Save(store!, response.Content, ct)));
        return head;
    }

    private async Task<StoredFile> Save(IFileStore files, HttpContent content, CancellationToken ct)
    {
        var (save, roots) = (operation.Save!, call.Roots);
        var name = save.Name?.Fill(roots) is { Length: > 0 } named ? named : Named(content.Headers);
        var type = save.ContentType?.Fill(roots) is { Length: > 0 } typed ? typed : content.Headers.ContentType?.ToString();
        await using var from = await content.ReadAsStreamAsync(ct);
        await using var to = await files.Create(call.Use.Workspace, new NewFile(name, type, content.Headers.ContentLength), ct);
        await Copy(from, to, call.Signer.Mask, ct);
        return await to.Complete(ct);
    }

    private string? Named(HttpContentHeaders headers)
    {
        var given = headers.ContentDisposition;
        return (given?.FileNameStar ?? given?.FileName?.Trim('"')) is { } name ? call.Signer.Mask.Mask(name) : null;
    }

    // The end of each part is masked again with the next one, in which a secret may go on.
    private static async Task Copy(Stream from, IFileWriter to, SecretMask mask, CancellationToken ct)
    {
        var keep = Math.Max(0, mask.Longest - 1);
        var buffer = ArrayPool<byte>.Shared.Rent(Part + keep);
        try
        {
            for (var (held, last) = (0, false); !last;)
            {
                var read = await from.ReadAtLeastAsync(buffer.AsMemory(held, Part), Part, throwOnEndOfStream: false, ct);
                last = read < Part;
                var whole = held + read;
                mask.Fill(buffer.AsSpan(0, whole));
                held = last ? 0 : keep;
                await to.Write(buffer.AsMemory(0, whole - held), ct);
                buffer.AsSpan(whole - held, held).CopyTo(buffer);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer, clearArray: true);
        }
    }
}
