using System.Text.Json;
using Connections.Connectors;
using Connections.Domain;

namespace Hosts.Tests.Harness;

/// <summary>A provider that takes a file in three parts, and the connector code that sends them from the stage.</summary>
internal sealed class UploadSession
{
    public const int Parts = 3;

    /// <summary>A secret of the provider. It must not be in an event or a log line.</summary>
    public const string Address = "https://upload.example/session?key=very-secret";

    private int opened;
    private int stored;

    /// <summary>The sessions that were opened.</summary>
    public int Opened => opened;

    /// <summary>The parts that the current session has.</summary>
    public int Stored => stored;

    /// <summary>The files that finished sessions made.</summary>
    public int Files { get; private set; }

    public async Task<ConnectorResult> Run(ConnectionUse use, Func<int, ConnectorResult?> before, CancellationToken ct)
    {
        if (use.Stage!.Current is null)
        {
            opened++;
            stored = 0;
            await Save(use, ct);
        }

        Assert.Equal(Address, use.Stage.Current!.Value.GetProperty("address").GetString());
        while (stored < Parts)
        {
            if (before(stored) is { } instead) return instead;
            if (++stored == Parts) Files++;
            await Save(use, ct);
        }

        return ScriptedConnector.Done("uploaded");
    }

    private Task Save(ConnectionUse use, CancellationToken ct) => use.Stage!.Save(
        JsonSerializer.SerializeToElement(new { address = Address, stored }), new StageProgress(stored, Parts, "parts"), resumable: true, ct);
}
