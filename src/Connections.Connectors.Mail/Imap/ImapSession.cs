using System.Text;
using Connections.Connectors.MailServers;
using MailKit;
using MailKit.Net.Imap;
using MailKit.Search;
using MailKit.Security;

namespace Connections.Connectors.Imap;

internal sealed class ImapSession(MailStream stream, ImapGuard wire) : IMailSession
{
    private readonly ImapClient client = new();
    private int completed;

    public IMailService Client => client;

    public ImapStage Stage { get; private set; }

    /// <summary>Whether the server completed a command that changed the mailbox.</summary>
    public bool HasChanged => Stage == ImapStage.Change && wire.Completed > completed;

    public ImapCapabilities Capabilities => client.Capabilities;

    public FolderNamespaceCollection Namespaces => client.PersonalNamespaces;

    public async Task Begin(MailServerSettings server, MailSignIn signIn, CancellationToken ct)
    {
        await client.ConnectAsync(stream, server.Host, server.Port, SecureSocketOptions.None, ct);
        if (signIn.Mechanism(client.AuthenticationMechanisms) is { } mechanism) await client.AuthenticateAsync(mechanism, ct);
        else await LogIn(signIn, ct);
        Stage = ImapStage.Command;
        wire.SignedIn();
    }

    public Task<IList<IMailFolder>> Folders(FolderNamespace within, CancellationToken ct) =>
        client.GetFoldersAsync(within, StatusItems.None, false, ct);

    public async Task<IMailFolder> Find(string name, CancellationToken ct)
    {
        Stage = ImapStage.Folder;
        var folder = name.Equals("INBOX", StringComparison.OrdinalIgnoreCase) ? client.Inbox! : await client.GetFolderAsync(name, ct);
        Stage = ImapStage.Command;
        return folder;
    }

    public async Task<IMailFolder> Open(string name, FolderAccess access, CancellationToken ct)
    {
        var folder = await Find(name, ct);
        Stage = ImapStage.Folder;
        await folder.OpenAsync(access, ct);
        Stage = ImapStage.Command;
        return folder;
    }

    public Task<IList<UniqueId>> Search(IMailFolder folder, SearchQuery query, CancellationToken ct)
    {
        // An extended answer may name billions of ids in a few bytes. The server can offer it in the answer to any command.
        client.Capabilities &= ~(ImapCapabilities.ESearch | ImapCapabilities.ESort);
        return folder.SearchAsync(query, ct);
    }

    /// <summary>Fetches what the server knows about an email; null if there is none.</summary>
    public async Task<IMessageSummary?> Describe(IMailFolder folder, UniqueId uid, MessageSummaryItems items, CancellationToken ct)
    {
        Stage = ImapStage.Email;
        var all = await folder.FetchAsync([uid], new FetchRequest(items), ct);
        Stage = ImapStage.Command;
        return all.FirstOrDefault(s => s.UniqueId.Id == uid.Id);
    }

    /// <summary>Says that what follows changes the mailbox.</summary>
    public void Change() => (Stage, completed) = (ImapStage.Change, wire.Completed);

    public void Dispose() => client.Dispose();

    private Task LogIn(MailSignIn signIn, CancellationToken ct)
    {
        if (signIn is not PasswordSignIn password || client.Capabilities.HasFlag(ImapCapabilities.LoginDisabled)) throw new NotSupportedException();
        client.AuthenticationMechanisms.Clear();
        return client.AuthenticateAsync(Encoding.UTF8, password.Typed, ct);
    }
}
