using Fuzz.Tests.Harness;
using Fuzz.Tests.Targets;

namespace Fuzz.Tests;

/// <summary>
/// Decoders of foreign input get inputs that nobody wrote: they answer, throw only what they declare, and end. By default each decoder gets
/// the same inputs in every run. With <c>FUZZ_SECONDS</c>, all decoders together are tried for that long, with new
/// inputs in every run. <c>FUZZ_SEED</c> repeats an earlier run.
/// </summary>
public sealed class DecoderTests(ITestOutputHelper output)
{
    private static readonly FuzzTarget[] All =
        [.. HttpTargets.All, .. TokenTargets.All, .. DatabaseTargets.All, .. SshTargets.All, SshHostTarget.One, .. DefinitionTargets.All, .. MessageTargets.All, .. RequestTargets.All];

    private static readonly TimeSpan? Limit = Number("FUZZ_SECONDS") is { } seconds ? TimeSpan.FromSeconds(seconds) / All.Length : null;
    private static readonly int Seed = Number("FUZZ_SEED") ?? (Limit is null ? 1 : Environment.TickCount);

    public static TheoryData<string> Names => [.. All.Select(target => target.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task A_decoder_keeps_its_promise_for_inputs_that_nobody_wrote(string name)
    {
        var target = Find(name);
        var (mutator, started, round) = (new Mutator(target, Seed), TimeProvider.System.GetTimestamp(), 0);
        for (; Limit is { } limit ? round == 0 || TimeProvider.System.GetElapsedTime(started) < limit : round < target.Rounds; round++)
        {
            var input = mutator.Make(round);
            if (await Judge.Problem(target, input) is { } problem)
                Assert.Fail(
                    $"FUZZ_SEED={Seed}, round {round}: {name} {problem}\n"
                    + $"The input is kept in {Corpus.Keep(name, input)}. Fix the decoder and commit the input.");
        }

        output.WriteLine($"FUZZ_SEED={Seed}: {round} inputs.");
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task A_decoder_keeps_its_promise_for_valid_inputs_and_for_those_that_once_broke_it(string name)
    {
        var target = Find(name);
        var inputs = target.Seeds.Select((seed, i) => ($"seed {i}", seed)).Concat(Corpus.Read(name)).ToList();
        Assert.NotEmpty(inputs);
        foreach (var (which, input) in inputs)
            if (await Judge.Problem(target, input) is { } problem) Assert.Fail($"{name}, {which}: {problem}");
    }

    private static FuzzTarget Find(string name) => All.Single(target => target.Name == name);

    private static int? Number(string variable) => int.TryParse(Environment.GetEnvironmentVariable(variable), out var number) ? number : null;
}
