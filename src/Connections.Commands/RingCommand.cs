using System.CommandLine;
using Connections.Credentials;
using Connections.Credentials.Ring;
using Connections.Credentials.Vault;
using Connections.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Connections.Commands;

/// <summary>Adds a new key to the key ring, and wraps all data keys again with the active key.</summary>
internal sealed class RingCommand : OperatorCommand
{
    private readonly Option<string> keyFile = new("--key-file") { Description = "Writes a new key to this file, to be distributed to the hosts" };

    private readonly Option<bool> force = new("--force") { Description = "Goes on although running hosts lack the active key" };

    public RingCommand()
        : base(
            "rotate",
            "Wraps all data keys with the active key of the ring, and reports which old keys can be removed. Standalone creates a new key "
            + "itself; for other hosts --key-file writes one to distribute")
    {
        Options.Add(keyFile);
        Options.Add(force);
    }

    public override string NeedsFolderAlone =>
        "ring rotate cannot run now: the running service holds the key ring in memory, and could not read what a new key wraps. Stop the service, "
        + "run ring rotate, and start the service again.";

    public override async Task Run(IServiceProvider services, ParseResult line, CancellationToken ct)
    {
        var path = line.GetValue(keyFile);
        var own = KeyRingConfiguration.Read(services.GetRequiredService<IConfiguration>()) is { } configured ? Dispose(configured) : services.GetService<EmbeddedFolder>();
        if (own is not null && path is not null) throw CommandException.InvalidArguments("--key-file: the service manages this key ring and creates the key itself. Omit the option.");
        var now = services.GetRequiredService<TimeProvider>().GetUtcNow();
        if (own is not null) Renew(own, now);
        else if (path is not null) Write(path);

        var (database, ring) = (services.GetRequiredService<VaultDatabase>(), services.GetRequiredService<KeyRing>());
        await new VaultStart(database, ring).StartingAsync(ct); // creates the tables, and checks that this ring belongs to this vault
        Console.WriteLine($"Wrapping all data keys with the active key \"{ring.ActiveKey}\".");
        RewrapReport report;
        try
        {
            report = await services.GetRequiredService<Rewrap>().Run(ct, force: own is not null || line.GetValue(force));
        }
        catch (KeyRingException problem)
        {
            throw CommandException.Failed($"{problem.Message} Or use --force: those hosts then fail until they have the key.");
        }

        Console.WriteLine($"{report.Rewrapped} data keys wrapped again.");
        foreach (var key in ring.KeyIds.Where(id => id != ring.ActiveKey)) Console.WriteLine(DescribeOldKey(key, ring.ActiveKey, report));
        if (own is null && ring.KeyIds.Count == 1) Console.WriteLine(Steps(ring.ActiveKey));
        if (report.Remaining.Count > 0) throw CommandException.Failed(
            "Other keys of the ring still wrap some data keys: a host created them meanwhile, or they cannot be unwrapped (see the log). "
            + "Run the command again once every host runs with the active key.");
    }

    private static EmbeddedFolder? Dispose(KeyRing ring)
    {
        ring.Dispose();
        return null;
    }

    private static void Renew(EmbeddedFolder folder, DateTimeOffset now)
    {
        var (id, created) = KeyRingFile.Renew(folder.KeyRingPath, now);
        Console.WriteLine(created
            ? $"Created the key \"{id}\" in {folder.KeyRingPath} and made it the active key. Back the file up again, apart from the data."
            : $"The active key \"{id}\" was created today: no new key is created.");
    }

    private static void Write(string file)
    {
        try
        {
            Console.WriteLine(KeyRingFile.WriteKey(file)
                ? $"Wrote a new key to {file}. It is not in use yet."
                : $"{file} exists already and was not changed.");
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw CommandException.Failed($"The key could not be written to {file}: {fault.Message}");
        }
    }

    private static string DescribeOldKey(string key, string active, RewrapReport report) => report.Remaining.TryGetValue(key, out var wraps)
        ? $"\"{key}\" still wraps {wraps} data keys: keep it."
        : $"\"{key}\" wraps no data keys any more. Remove it from the ring once every host runs with \"{active}\" as its active key. "
            + "Vault backups made before now need it: store it elsewhere as long as those backups exist, then destroy it.";

    private static string Steps(string active) =>
        $"""
        The ring has only the key "{active}". To rotate it:
          1. ring rotate --key-file FILE writes a new key.
          2. Add the new key to every host beside the old one (Vault:Keys:<new id>:File). Keep Vault:ActiveKey. Restart the hosts one by one.
          3. Then set Vault:ActiveKey to the new id in every host, and restart the hosts one by one.
          4. ring rotate, with the same settings, wraps all data keys again and reports when the old key can be removed.
        """;
}
