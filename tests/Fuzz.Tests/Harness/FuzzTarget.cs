namespace Fuzz.Tests.Harness;

/// <summary>One decoder of foreign input.</summary>
/// <param name="Seeds">Valid inputs, from which others are made.</param>
/// <param name="Words">Texts that have a meaning to the decoder.</param>
/// <param name="Decode">Decodes one input. Throws if the decoder breaks its promise.</param>
public sealed record FuzzTarget(string Name, IReadOnlyList<byte[]> Seeds, IReadOnlyList<string> Words, Func<byte[], Task> Decode)
{
    /// <summary>The inputs in a run without a time limit; fewer where one input takes long.</summary>
    public int Rounds { get; init; } = 20_000;
}
