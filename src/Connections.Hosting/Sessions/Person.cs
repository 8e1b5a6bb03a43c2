using System.Security.Cryptography;
using System.Text;
using Connections.Hosting.Keys;

namespace Connections.Hosting.Sessions;

/// <summary>A person whom the identity provider knows, with the rights that the claims gave at the sign-in.</summary>
/// <param name="Id">The same at each sign-in: events name it as the one who acted.</param>
/// <param name="Rules">A hash of the settings that gave the rights. Once they are others, the session is over.</param>
public sealed record Person(Guid Id, string Workspace, string Name, Role Role, string Rules)
{
    /// <param name="issuer">The provider, in which the subject is unique.</param>
    public static Guid CreateId(string issuer, string subject) =>
        new(SHA256.HashData(Encoding.UTF8.GetBytes($"{issuer}\n{subject}")).AsSpan(0, 16));
}
