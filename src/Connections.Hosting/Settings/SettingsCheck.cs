using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Configuration;

namespace Connections.Hosting.Settings;

/// <summary>Rejects settings that no host reads, and numbers and addresses that no host can use. Every host checks all of them.</summary>
public static partial class SettingsCheck
{
    private static readonly (string Key, long Min, long Max)[] Numbers =
    [
        ("Activities:RetentionDays", 1, 3_650),
        ("Demo:AccessTokenSeconds", 1, int.MaxValue),
        ("Demo:RefreshTokenSeconds", 1, int.MaxValue),
        ("Files:MaxBytes", 1, 1L << 50),
        ("Files:RetentionHours", 1, 8_760),
        ("Http:OpenRequestsPerKey", 1, 1_000_000),
        ("Http:RequestsPerSecond", 1, 1_000_000)
    ];

    /// <exception cref="HostSettingsException">A setting is unknown or cannot be used. The message does not quote its value.</exception>
    public static void Require(IConfiguration configuration)
    {
        var unknown = configuration.AsEnumerable().FirstOrDefault(setting =>
            setting.Value is not null && KnownSettings.Owns(setting.Key) && !KnownSettings.Knows(setting.Key)).Key;
        if (unknown is not null) throw new HostSettingsException($"There is no setting {unknown}. {KnownSettings.Hint(unknown)}");
        foreach (var (key, min, max) in Numbers)
        {
            if (configuration[key] is { } text
                && !(long.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out var number) && number >= min && number <= max))
                throw new HostSettingsException($"{key} must be a whole number from {min} to {max}.");
        }

        if (configuration["Health:Listen"] is { Length: > 0 } listen && !Address().IsMatch(listen))
            throw new HostSettingsException("Health:Listen must be an address and a port, such as 0.0.0.0:8081.");
    }

    /// <summary>Checks the arguments of a host that has no commands.</summary>
    /// <exception cref="CommandException">An argument is not a known setting with a value: exit code 2.</exception>
    public static void RequireSettings(string[] args)
    {
        for (var i = 0; i < args.Length; i++)
        {
            var parts = args[i].Split('=', 2);
            if (!parts[0].StartsWith("--", StringComparison.Ordinal))
                throw CommandException.InvalidArguments($"Unexpected argument: {args[i]}. This host has no commands; Connections.Api and Standalone have them.");
            Require(parts[0]);
            if (parts.Length == 1) Value(args, ref i);
        }
    }

    /// <summary>Checks the name of a setting on the command line.</summary>
    /// <exception cref="CommandException">The setting is unknown: exit code 2.</exception>
    public static void Require(string option)
    {
        if (!KnownSettings.Accepts(option[2..]))
            throw CommandException.InvalidArguments($"There is no setting {option}. {KnownSettings.Hint(option[2..])}");
    }

    /// <summary>Reads the value that follows a setting on the command line, and moves to it.</summary>
    /// <exception cref="CommandException">Another setting or nothing follows: exit code 2.</exception>
    public static string Value(string[] args, ref int index)
    {
        var option = args[index];
        return ++index < args.Length && !args[index].StartsWith("--", StringComparison.Ordinal)
            ? args[index]
            : throw CommandException.InvalidArguments($"The setting {option} needs a value. Write a value that begins with -- as {option}=VALUE.");
    }

    [GeneratedRegex(@"^[^\s/:]+:[0-9]{1,5}\z|^\[[0-9A-Fa-f:.]+\]:[0-9]{1,5}\z")]
    private static partial Regex Address();
}
