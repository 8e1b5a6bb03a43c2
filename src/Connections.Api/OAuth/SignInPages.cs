using Connections.Operations.SignIns;

namespace Connections.Api.OAuth;

/// <summary>Creates the page for each outcome of a sign-in.</summary>
internal static class SignInPages
{
    public static SignInPage Create(SignInOutcome outcome, string state, string requester) => outcome switch
    {
        SignInOutcome.Connected c => new(200, c.Reconnected ? "Reconnected" : "Connected", [.. Connected(c)]),
        SignInOutcome.Confirm c => new(
            200,
            $"Connect {c.Account}?",
            [
                $"You signed in to {c.Connector} as {c.Account}.",
                $"\"{requester}\" of the workspace \"{c.Workspace}\" asked for this sign-in, in another browser, and calls the connection \"{c.Name}\".",
                "Workflows of that workspace could then use your account. If you were sent here by somebody you do not know, close this page: "
                + "nothing is connected."
            ],
            "Connect my account",
            new Dictionary<string, string> { ["state"] = state, ["nonce"] = c.Nonce }),
        SignInOutcome.ConnectedAlready a => new(
            200,
            "Connected already",
            [$"{a.Account} is connected already, as \"{a.Other}\".", $"You can give \"{a.Other}\" this new sign-in instead."],
            $"Reconnect {a.Other}",
            new Dictionary<string, string> { ["state"] = state, ["nonce"] = a.Nonce }),
        SignInOutcome.UnderWay => new(200, "Under way", ["This sign-in is being completed, or waits for a click on another page."]),
        SignInOutcome.Expired => new(200, "This sign-in has ended", ["The page that completed it shows the result."]),
        SignInOutcome.Failed f => Failed(f.Message),
        SignInOutcome.Broken b => Failed(b.Message) with { Status = 503 },
        _ => Failed("This sign-in cannot be completed.")
    };

    public static SignInPage Nothing { get; } = Failed("There is nothing to confirm here.");

    public static SignInPage Failed(string message) =>
        new(400, "Not connected", [message, "You can close this page, and start again where you came from."]);

    /// <summary>The page after an exception. Reloading the page shows the outcome of the sign-in.</summary>
    public static SignInPage Broken(string message) => new(503, "Please try again", [message, "Load this page again in a moment."]);

    private static IEnumerable<string> Connected(SignInOutcome.Connected c)
    {
        yield return $"\"{c.Name}\" is connected to {c.Account}.";
        if (c.Missing.Count > 0)
            yield return $"Not everything was granted: {string.Join(", ", c.Missing)} is missing. Activities that need it will be rejected.";
        yield return "You can close this page.";
    }
}
