using Connections.Hosting.Keys;
using Connections.ReadModels.Usage;

namespace Connections.Console.Rendering;

/// <summary>The frame that every page shows around its content.</summary>
/// <param name="Base">The path below which this service is reached: <c>/</c>, or that of a reverse proxy.</param>
/// <param name="Here">The address of the page below the base, with its query.</param>
/// <param name="Key">The key that the browser signed in with; null before the sign-in.</param>
/// <param name="IsPerson">Whether a person signed in at the identity provider, and not a key.</param>
/// <param name="FormToken">The token that each form carries.</param>
/// <param name="Theme"><c>system</c>, <c>light</c> or <c>dark</c>.</param>
/// <param name="Times"><c>local</c> or <c>utc</c>.</param>
public sealed record Frame(
    string Base, string Here, ApiKey? Key, bool IsPerson, string FormToken, string Theme, string Times, Attention Attention, DateTimeOffset Now, ConsoleAssets Assets)
{
    public bool May(Role role) => Key is { } key && key.Role >= role;

    public string Section => Here.Split('?', 2)[0].Split('/', 2)[0];

    /// <summary>The page of the navigation that this page belongs to.</summary>
    public string Navigation => Section switch { "connect" => "marketplace", "apps" => "connections", var section => section };
}
