using Connections.Connectors.Signing;

namespace Connections.Connectors.Definitions;

/// <summary>
/// How a definition signs its requests with typed credentials. Texts are templates: <c>{settings.x}</c> and <c>{credentials.x}</c> stand for
/// the values of the form.
/// </summary>
public abstract record DefinedSignIn(params IReadOnlyList<string> Templates)
{
    internal abstract IRequestSigner Signer(Func<string, string> fill);

    /// <summary>The API needs no credentials.</summary>
    public sealed record None() : DefinedSignIn([])
    {
        internal override IRequestSigner Signer(Func<string, string> fill) => new NoSigner();
    }

    public sealed record Basic(string Username, string Password) : DefinedSignIn(Username, Password)
    {
        internal override IRequestSigner Signer(Func<string, string> fill) => HeaderSigner.Basic(fill(Username), fill(Password));
    }

    public sealed record Bearer(string Token) : DefinedSignIn(Token)
    {
        internal override IRequestSigner Signer(Func<string, string> fill) => HeaderSigner.Bearer(fill(Token));
    }

    /// <param name="Value">The whole value of the header, such as <c>Token {credentials.apiKey}</c>.</param>
    public sealed record Header(string Name, string Value) : DefinedSignIn(Value)
    {
        internal override IRequestSigner Signer(Func<string, string> fill) => HeaderSigner.Key(Name, fill(Value));
    }

    public sealed record Query(string Name, string Value) : DefinedSignIn(Value)
    {
        internal override IRequestSigner Signer(Func<string, string> fill) => new QuerySigner(Name, fill(Value));
    }
}
