using Connections.Connectors.OAuth;
using Connections.Credentials.Ring;
using EventSourcing.EventStoreDb;
using EventSourcing.Sql;
using Microsoft.Extensions.Options;

namespace Connections.Hosting;

/// <summary>Runs a host. What keeps it from starting, and a person can mend, is said in its own words and not as a stack trace.</summary>
public static class StartGuard
{
    /// <summary>The same, unless only the version was asked for.</summary>
    /// <returns>The exit code of the process.</returns>
    public static async Task<int> Run(string[] args, Func<Task> host)
    {
        if (args is not ["--version", ..]) return await Run(host);
        Console.WriteLine(ServiceVersion.Text);
        return 0;
    }

    /// <returns>The exit code of the process.</returns>
    public static async Task<int> Run(Func<Task> host)
    {
        // settings are read at start; watching the folder for changes would wake with every write to a data folder in it
        Environment.SetEnvironmentVariable("DOTNET_hostBuilder__reloadConfigOnChange", "false");
        try
        {
            await host();
            return 0;
        }
        catch (OperationCanceledException)
        {
            return 0; // told to stop while it still waited for what it needs
        }
        catch (CommandException failed)
        {
            await Console.Error.WriteLineAsync(failed.Message);
            return failed.ExitCode;
        }
        catch (Exception fault) when (Explained(fault))
        {
            await Console.Error.WriteLineAsync($"Cannot start: {fault.Message}");
            return 1;
        }
    }

    private static bool Explained(Exception fault) => fault is HostSettingsException or DataFolderInUseException or SqliteFileException
        or EventStoreDbSettingsException or PostgresRefusedException or PostgresUnreachableException or NewerSchemaException
        or KeyRingException or OAuthSettingsException or OptionsValidationException
        || (fault is IOException && fault.InnerException?.GetType().Name == "AddressInUseException");
}
