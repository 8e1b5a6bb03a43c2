using System.Text;
using Connections.Connectors.Http;
using Connections.Connectors.OAuth;
using DemoDefinitions;
using Fuzz.Tests.Harness;

namespace Fuzz.Tests.Targets;

/// <summary>Responses of token endpoints.</summary>
internal static class TokenTargets
{
    public static IReadOnlyList<FuzzTarget> All { get; } =
    [
        new("token-response",
            ["{\"access_token\":\"at-2\",\"expires_in\":3600,\"refresh_token\":\"r\",\"scope\":\"a b\",\"token_type\":\"Bearer\"}"u8.ToArray(),
                "{\"error\":\"invalid_grant\",\"error_description\":\"no\"}"u8.ToArray(), "<html>Bad gateway</html>"u8.ToArray()],
            ["\"access_token\":", "\"refresh_token\":", "\"error\":", "\"expires_in\":", "\"scope\":[", "\"\\ud800\"", "1e400", "\"Infinity\""],
            Decode)
    ];

    private static Task Decode(byte[] input)
    {
        foreach (var status in (int[])[200, 400, 429, 504])
        {
            var text = ForeignText.Decode(input, null);
            var response = TokenResponse.Read(status, text, null, DemoConnectors.Mail.Entry.OAuth!, DateTimeOffset.UnixEpoch);
            if (response is TokenResponse.Granted { Grant.Stored: var stored }
                && (string.IsNullOrWhiteSpace(stored.Field("accessToken")) || stored.Field("refreshToken")?.Trim().Length == 0))
                throw new InvalidOperationException("An empty token was taken.");
            _ = Encoding.UTF8.GetByteCount(response.ToString());
        }

        return Task.CompletedTask;
    }
}
