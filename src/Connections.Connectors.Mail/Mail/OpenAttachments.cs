using Connections.Connectors.Files;
using Connections.Domain;
using MimeKit;

namespace Connections.Connectors.Mail;

/// <summary>The attachments of an email while it is sent. Files of the file store are read in parts.</summary>
/// <param name="store">Null where there is no file store.</param>
internal sealed class OpenAttachments(IFileStore? store, string workspace) : IAsyncDisposable
{
    private static readonly ConnectorResult.Failed NoStore = Failed(
        FailureKind.InvalidInput, "There is no file store here; give the attachment as {name, base64}.", Delivered.No);

    private readonly List<MimePart> parts = [];
    private readonly List<OpenFile> files = [];
    private readonly List<long> sizes = [];

    public IReadOnlyList<MimePart> Parts => parts;

    public IReadOnlyList<long> Sizes => sizes;

    public async Task<ConnectorResult.Failed?> Open(IReadOnlyList<MailAttachment> attachments, CancellationToken ct)
    {
        try
        {
            foreach (var attachment in attachments)
            {
                if (attachment.File is { } id)
                {
                    if (store is null) return NoStore;
                    files.Add(await store.Open(workspace, id, ct));
                    var file = files[^1].File;
                    Add(attachment.Name ?? file.Name, attachment.ContentType ?? file.ContentType, files[^1].Content);
                }
                else
                {
                    var content = new MemoryStream(attachment.Content, writable: false);
                    Add(attachment.Name!, attachment.ContentType ?? "application/octet-stream", content);
                }
            }

            return null;
        }
        catch (OperationCanceledException)
        {
            return Failed(FailureKind.Timeout, "The timeout passed while opening the attachments.", Delivered.No);
        }
        catch (Exception e) when (Failure(e, ended: false) is not null)
        {
            return Failure(e, ended: false);
        }
    }

    /// <summary>The failure of the file store while an attachment was read; null if the exception is none of its own.</summary>
    /// <param name="ended">Whether the whole email was sent.</param>
    public static ConnectorResult.Failed? Failure(Exception e, bool ended) => GivenFiles.IsOfStore(e)
        ? GivenFiles.Failure(e, ended ? Delivered.Maybe : Delivered.No)
        : null;

    public async ValueTask DisposeAsync()
    {
        foreach (var file in files) await file.DisposeAsync();
    }

    private void Add(string name, string contentType, Stream content)
    {
        sizes.Add(content.Length);
        parts.Add(MimeMail.Attach(name, contentType, content));
    }

    private static ConnectorResult.Failed Failed(FailureKind kind, string message, Delivered delivered) =>
        new(kind, message, delivered, Answered: true);
}
