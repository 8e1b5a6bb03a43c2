using Fuzz.Tests.Harness;
using Fuzz.Tests.Targets;

namespace Fuzz.Tests;

/// <summary>
/// Decoders of foreign input get inputs that nobody wrote: they answer, throw only what they declare, and end. <c>FUZZ_SECONDS</c> sets how
/// long all decoders together are tried (default 60), <c>FUZZ_SEED</c> repeats an earlier run.
/// </summary>
public sealed class DecoderTests(ITestOutputHelper output)
{
    private static readonly FuzzTarget[] All =
        [.. HttpTargets.All, .. TokenTargets.All, .. DatabaseTargets.All, .. SshTargets.All, .. MessageTargets.All, .. RequestTargets.All];

    private static readonly int Seed = Number("FUZZ_SEED") ?? Environment.TickCount;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(Number("FUZZ_SECONDS") ?? 60) / All.Length;

    public static TheoryData<string> Names => [.. All.Select(target => target.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task A_decoder_keeps_its_promise_for_inputs_that_nobody_wrote(string name)
    {
        var target = Find(name);
        var (mutator, started, round) = (new Mutator(target, Seed), TimeProvider.System.GetTimestamp(), 0);
        for (; round == 0 || TimeProvider.System.GetElapsedTime(started) < Limit; round++)
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
