using Connections.Connectors.Catalogue;
using Connections.Connectors.Files;

namespace Connections.Connectors.Sftp;

internal static class SftpEntry
{
    public const string Id = "sftp";
    public const int DefaultPort = 22;

    // OpenSSH admits 10 unfinished sign-ins of all its clients together.
    private const int Concurrency = 4;

    public static CatalogueEntry Create() => new(
        Id, "SFTP", "files", "List, fetch, upload and delete files on an SFTP server.", "password",
        Settings:
        [
            new FormField("host", "Host", "string", true, false, "The server's name or address.", "files.example.com", MaxBytes: 1024),
            new FormField("port", "Port", "integer", false, false,
                "22 unless the server was set up otherwise.", DefaultPort, DefaultPort, Minimum: 1, Maximum: 65535),
            new FormField("hostKeyFingerprint", "Fingerprint of the host key", "string", false, false,
                "Leave it empty at first: the connection test then shows the key. Compare it with what the server's administrator names, and enter it.",
                "SHA256:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU", MaxBytes: 8 * 1024),
            new FormField("root", "Folder", "string", false, false,
                "All paths are below this folder. Empty: the folder in which the server puts the user.", "/data/exchange", MaxBytes: 1024),
            new FormField("replaceInTwoSteps", "Replace in two steps", "boolean", false, false,
                "For servers that cannot replace a file at once: the earlier file is deleted first, so for a moment there is neither.", true, false)
        ],
        Credentials:
        [
            new FormField("username", "User name", "string", true, false, "The user on the server.", "exchange", MaxBytes: 1024),
            new FormField("password", "Password", "string", false, true, "The password of the user, if the server takes one.", MaxBytes: 1024),
            new FormField("privateKey", "Private key", "text", false, true,
                "The private key of the user: the whole file, in OpenSSH or PEM form. It is shown first if there is a password too.", MaxBytes: 32 * 1024),
            new FormField("passphrase", "Passphrase of the key", "string", false, true, "The passphrase, if the private key is encrypted.", MaxBytes: 1024)
        ],
        Scopes: [],
        Activities: [.. FileActivities.All.Select(id => FileActivities.Describe(id))],
        Concurrency,
        Documentation: "https://datatracker.ietf.org/doc/html/draft-ietf-secsh-filexfer-02");
}
