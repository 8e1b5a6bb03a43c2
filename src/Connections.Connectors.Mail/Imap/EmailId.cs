using System.Buffers.Text;
using System.Globalization;
using System.Text;
using MailKit;

namespace Connections.Connectors.Imap;

/// <summary>
/// The id of an email: its folder, the UIDVALIDITY of the folder and its UID. A changed UIDVALIDITY ends all ids of a folder:
/// https://www.rfc-editor.org/rfc/rfc9051#section-2.3.1.1
/// </summary>
internal sealed record EmailId(string Folder, uint Validity, uint Uid)
{
    public static EmailId From(IMailFolder folder, UniqueId uid) => new(folder.FullName, folder.UidValidity, uid.Id);

    /// <summary>Null if the text is no id of this connector.</summary>
    public static EmailId? Parse(string? text)
    {
        var parts = text?.Split('.') ?? [];
        if (parts.Length != 3 || !Base64Url.IsValid(parts[0])) return null;
        if (!Number(parts[1], out var validity) || !Number(parts[2], out var uid) || uid == 0) return null;
        return new EmailId(Encoding.UTF8.GetString(Base64Url.DecodeFromChars(parts[0])), validity, uid);
    }

    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{Base64Url.EncodeToString(Encoding.UTF8.GetBytes(Folder))}.{Validity}.{Uid}");

    private static bool Number(string text, out uint number) =>
        uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);
}
