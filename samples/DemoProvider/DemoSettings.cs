namespace DemoProvider;

/// <summary>How the provider behaves.</summary>
/// <param name="Urls">Where it listens; loopback only, since anybody may sign in as anybody.</param>
/// <param name="AccessTokenSeconds">The life of an access token.</param>
/// <param name="RefreshTokenSeconds">A grant that nobody uses for so long ends.</param>
public sealed record DemoSettings(string Urls, int AccessTokenSeconds, int RefreshTokenSeconds)
{
    public const string ClientId = "connections-demo";

    // of a provider on loopback that lets everybody in
    public const string ClientSecret = "not-a-secret";

    /// <summary>Whom the page offers; any name in lower case may sign in.</summary>
    public static readonly string[] Users = ["ada", "bob"];

    public static readonly IReadOnlyDictionary<string, string> Scopes = new Dictionary<string, string>
    {
        ["mail.send"] = "send mail in your name",
        ["mail.read"] = "read your mail",
        ["files.read"] = "read your files"
    };

    /// <exception cref="ArgumentException">It would listen where others reach it.</exception>
    public static DemoSettings Read(IConfiguration configuration) => new(
        Loopback(configuration["Demo:Urls"] ?? "http://127.0.0.1:5081"),
        configuration.GetValue("Demo:AccessTokenSeconds", 20),
        configuration.GetValue("Demo:RefreshTokenSeconds", 24 * 60 * 60));

    private static string Loopback(string urls) =>
        urls.Split(';').All(url => Uri.TryCreate(url, UriKind.Absolute, out var address) && address.IsLoopback)
            ? urls
            : throw new ArgumentException($"Demo:Urls is {urls}, and the demo provider listens on loopback only: anybody may sign in there as anybody.");
}
