using System.Text.Json;
using Connections.Connectors.Files;
using Connections.Connectors.Http;

namespace Connections.Connectors.Definitions.Running;

/// <summary>
/// The part of a defined activity that a definition cannot express. Registered under connector and activity, with a slash between.
/// </summary>
internal interface IActivityInCode
{
    /// <summary>Null: the definition runs the activity.</summary>
    /// <param name="call">With the input among its roots.</param>
    /// <param name="target">Finds the address of a server of the definition; null with the reason why there is none.</param>
    Task<ConnectorResult?> Run(
        Call call, JsonElement input, Model.Operation operation, Func<string, (HttpTarget? Target, ConnectorResult.Failed? Problem)> target,
        IFileStore? files, CancellationToken ct);
}
