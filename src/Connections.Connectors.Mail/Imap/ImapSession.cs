using System.Net;
using System.Text;
using Connections.Connectors.MailServers;
using Connections.Domain;
using MailKit;
using MailKit.Net.Imap;
using MailKit.Search;
using MailKit.Security;

namespace Connections.Connectors.Imap;

/// <summary>One dialogue with a server, by the library, over a stream that this service encrypted.</summary>
internal sealed class ImapSession(MailStream stream, ImapGuard wire, TimeProvider clock) : IDisposable
{
    private static readonly TimeSpan Farewell = TimeSpan.FromSeconds(1);

    private readonly ImapClient client = new();

    public ImapStage Stage { get; private set; }

    public ImapCapabilities Capabilities => client.Capabilities;

    public FolderNamespaceCollection Namespaces => client.PersonalNamespaces;

    public async Task Begin(string host, int port, Secret credentials, CancellationToken ct)
    {
        await client.ConnectAsync(stream, host, port, SecureSocketOptions.None, ct);
        if (Mechanism(credentials) is { } mechanism) await client.AuthenticateAsync(mechanism, ct);
        else await LogIn(credentials, ct);
        Stage = ImapStage.Command;
        wire.SignedIn();
    }

    public Task Confirm(CancellationToken ct) => client.NoOpAsync(ct);

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

    /// <summary>Says that what follows changes the mailbox.</summary>
    public void Change() => Stage = ImapStage.Change;

    /// <summary>Says goodbye. The result is known already, so nothing that happens here matters.</summary>
    public async Task End()
    {
        using var limit = new CancellationTokenSource(Farewell, clock);
        try
        {
            await client.DisconnectAsync(true, limit.Token);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // The connection is closed below in any case.
        }
    }

    public void Dispose() => client.Dispose();

    // The library tries each mechanism that the server offers, so a wrong password would be sent several times.
    private SaslMechanism? Mechanism(Secret credentials) =>
        client.AuthenticationMechanisms.Contains("PLAIN") ? new SaslMechanismPlain(Encoding.UTF8, Typed(credentials))
        : client.AuthenticationMechanisms.Contains("LOGIN") ? new SaslMechanismLogin(Encoding.UTF8, Typed(credentials))
        : null;

    private Task LogIn(Secret credentials, CancellationToken ct)
    {
        if (client.Capabilities.HasFlag(ImapCapabilities.LoginDisabled)) throw new NotSupportedException();
        client.AuthenticationMechanisms.Clear();
        return client.AuthenticateAsync(Encoding.UTF8, Typed(credentials), ct);
    }

    private static NetworkCredential Typed(Secret credentials) =>
        new(MailServerSettings.User(credentials), MailServerSettings.Password(credentials));
}
