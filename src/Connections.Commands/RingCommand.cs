using System.CommandLine;
using Connections.Credentials;
using Connections.Credentials.Ring;
using Connections.Credentials.Vault;
using Connections.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Connections.Commands;

/// <summary>A new key for the ring, and all that the old ones wrap wrapped again.</summary>
internal sealed class RingCommand : OperatorCommand
{
    private readonly Option<string> keyFile = new("--key-file") { Description = "Writes a new key to this file, for you to give to the hosts" };

    public RingCommand()
        : base(
            "rotate",
            "Wraps all data keys with the active key of the ring, and tells which old keys may go. Standalone makes a new key by itself; "
            + "elsewhere --key-file writes one for you to give to the hosts") => Options.Add(keyFile);

    public override async Task Run(IServiceProvider services, ParseResult line, CancellationToken ct)
    {
        var path = line.GetValue(keyFile);
        var own = KeyRingConfiguration.Read(services.GetRequiredService<IConfiguration>()) is { } configured ? Dispose(configured) : services.GetService<EmbeddedFolder>();
        if (own is not null && path is not null) throw CommandException.Words("This ring is the service's own: it makes its key by itself.");
        var now = services.GetRequiredService<TimeProvider>().GetUtcNow();
        if (own is not null) Renew(own, now);
        else if (path is not null) Write(path);

        var (database, ring) = (services.GetRequiredService<VaultDatabase>(), services.GetRequiredService<KeyRing>());
        await new VaultStart(database, ring).StartingAsync(ct); // the tables, and whether this is the ring of this vault
        Console.WriteLine($"Wraps with the active key \"{ring.ActiveKey}\" what other keys of the ring still wrap.");
        var report = await services.GetRequiredService<Rewrap>().Run(ct);
        Console.WriteLine($"{report.Rewrapped} data keys wrapped again.");
        foreach (var key in ring.KeyIds.Where(id => id != ring.ActiveKey)) Console.WriteLine(DescribeOldKey(key, ring.ActiveKey, report));
        if (own is null && ring.KeyIds.Count == 1) Console.WriteLine(Steps(ring.ActiveKey));
        if (report.Remaining.Count > 0) throw CommandException.World(
            "Other keys of the ring still wrap some: what a host made meanwhile, or what the log says cannot be unwrapped. "
            + "Once every host runs with the active key, run it again.");
    }

    private static EmbeddedFolder? Dispose(KeyRing ring)
    {
        ring.Dispose();
        return null;
    }

    private static void Renew(EmbeddedFolder folder, DateTimeOffset now)
    {
        var (id, made) = KeyRingFile.Renew(folder.KeyRingPath, now);
        Console.WriteLine(made
            ? $"Made the key \"{id}\" in {folder.KeyRingPath}, and made it the active one. Back the file up again, apart from the data."
            : $"The active key \"{id}\" is of today: no other is made.");
    }

    private static void Write(string file)
    {
        try
        {
            Console.WriteLine(KeyRingFile.WriteKey(file)
                ? $"Wrote a new key to {file}. It is not in use yet."
                : $"{file} is there already and was left as it is.");
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            throw CommandException.World($"No key could be written to {file}: {refused.Message}");
        }
    }

    private static string DescribeOldKey(string key, string active, RewrapReport report) => report.Remaining.TryGetValue(key, out var wraps)
        ? $"\"{key}\" still wraps {wraps} data keys: keep it."
        : $"\"{key}\" wraps nothing any more. It may be taken out of the ring as soon as every host runs with \"{active}\" as its active key. "
            + "Backups of the vault made before now open with it only: keep it apart for as long as they are kept, then destroy it.";

    private static string Steps(string active) =>
        $"""
        The ring has only "{active}". To rotate it:
          1. ring rotate --key-file FILE writes a new key.
          2. Give it to every host beside the old one (Vault:Keys:<new id>:File), the active key unchanged, and restart them one by one.
          3. Then set Vault:ActiveKey to the new id in every host, and restart them one by one.
          4. ring rotate, with the same settings, wraps everything again and tells when the old key may go.
        """;
}
