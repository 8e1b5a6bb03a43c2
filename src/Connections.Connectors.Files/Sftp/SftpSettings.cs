using System.Globalization;
using System.Text.Json;
using Connections.Connectors.Catalogue;
using Connections.Connectors.Guard;
using Connections.Connectors.Ssh;
using Connections.Domain;

namespace Connections.Connectors.Sftp;

/// <param name="Root">Null: the folder in which the server puts the user.</param>
internal sealed record SftpSettings(SshSettings Ssh, string? Root, bool ReplaceInTwoSteps)
{
    public static SftpSettings Parse(JsonElement settings, Secret credentials) => new(
        new SshSettings(
            HostName.Parse(Json.Text(settings, "host"), out _)?.Name ?? Json.Text(settings, "host") ?? "",
            (int)(Json.Number(settings, "port") ?? SftpEntry.DefaultPort),
            credentials.Field("username") ?? "",
            Json.Given(settings, "hostKeyFingerprint")),
        Json.Given(settings, "root"),
        Json.Member(settings, "replaceInTwoSteps").ValueKind == JsonValueKind.True);

    public static SshProof Proof(Secret credentials) =>
        new(credentials.Field("password"), credentials.Field("privateKey"), credentials.Field("passphrase"));

    public string Display => $"{Ssh.User} on {Ssh.Host}:{Ssh.Port.ToString(CultureInfo.InvariantCulture)}{(Root is null ? "" : $" in {Root}")}";

    /// <summary>The host's key is no part: it may be replaced.</summary>
    public AccountIdentity Address
    {
        get
        {
            string[] parts = [Ssh.Host, Ssh.Port.ToString(CultureInfo.InvariantCulture), Ssh.User];
            return new AccountIdentity("address", JsonSerializer.Serialize(Root is null ? parts : [.. parts, Root]));
        }
    }
}
