namespace Connections.ReadModels;

/// <summary>The workspace and id in a stream name: <c>category-workspace:id</c>.</summary>
public readonly record struct StreamName(string Workspace, Guid Id)
{
    public static StreamName Parse(string stream)
    {
        var name = stream.AsSpan(stream.IndexOf('-', StringComparison.Ordinal) + 1);
        var colon = name.IndexOf(':');
        return new StreamName(name[..colon].ToString(), Guid.Parse(name[(colon + 1)..]));
    }
}
