using Connections.Connectors.OAuth;
using Connections.Credentials.Ring;
using Connections.Hosting.Limits;
using EventSourcing.EventStoreDb;
using EventSourcing.Sql;
using Microsoft.Extensions.Options;

namespace Connections.Hosting;

/// <summary>Runs a host. A start problem that an operator can solve is printed as its message, without a stack trace.</summary>
public static class StartGuard
{
    /// <summary>Runs a host, or prints the version when <c>--version</c> is the first argument.</summary>
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
        // Settings are read only at start. A file watcher would also react to every write to a data folder below this one.
        Environment.SetEnvironmentVariable("DOTNET_hostBuilder__reloadConfigOnChange", "false");
        try
        {
            ConnectionLimit.RequireLeast(ConnectionLimit.Descriptors);
            await host();
            return 0;
        }
        catch (OperationCanceledException)
        {
            return 0; // stopped while the start still waited for a store
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

    private static bool Explained(Exception fault) => fault is HostSettingsException or DataFolderInUseException or DataFolderException or SqliteFileException
        or EventStoreDbSettingsException or PostgresRefusedException or PostgresUnreachableException or NewerSchemaException
        or KeyRingException or OAuthSettingsException or OptionsValidationException
        || (fault is IOException && fault.InnerException?.GetType().Name == "AddressInUseException");
}
