namespace EventSourcing;

/// <summary>Identifies one stream of a kind, and knows its name.</summary>
public interface IStreamId
{
    string Stream { get; }
}
