namespace DemoProvider;

/// <summary>The settings of the provider.</summary>
/// <param name="Urls">The listening addresses. Must be loopback, because anyone may sign in as anyone.</param>
/// <param name="AccessTokenSeconds">The lifetime of an access token.</param>
/// <param name="RefreshTokenSeconds">A grant ends after this time without use.</param>
public sealed record DemoSettings(string Urls, int AccessTokenSeconds, int RefreshTokenSeconds)
{
    public const string ClientId = "connections-demo";

    // Not secret: the provider listens on loopback only and accepts every sign-in.
    public const string ClientSecret = "not-a-secret";

    /// <summary>The users that the sign-in page offers. Any name in lower case may sign in.</summary>
    public static readonly string[] Users = ["ada", "bob"];

    public static readonly IReadOnlyDictionary<string, string> Scopes = new Dictionary<string, string>
    {
        ["mail.send"] = "send mail in your name",
        ["mail.read"] = "read your mail",
        ["files.read"] = "read your files"
    };

    /// <exception cref="ArgumentException">An address is not on loopback.</exception>
    public static DemoSettings Read(IConfiguration configuration) => new(
        Loopback(Address(configuration)),
        configuration.GetValue("Demo:AccessTokenSeconds", 20),
        configuration.GetValue("Demo:RefreshTokenSeconds", 24 * 60 * 60));

    public static string Address(IConfiguration configuration) => configuration["Demo:Urls"] ?? "http://127.0.0.1:5081";

    private static string Loopback(string urls) =>
        urls.Split(';').All(url => Uri.TryCreate(url, UriKind.Absolute, out var address) && address.IsLoopback)
            ? urls
            : throw new ArgumentException($"Demo:Urls is {urls}, but must be loopback addresses only, because anyone may sign in to the demo provider as anyone.");
}
