using CsCheck;

namespace Operations.Tests.Interleaving;

/// <summary>Several at work on few names and accounts, in turns that are made up, some of them crashing on the way.</summary>
public sealed class InterleavingTests
{
    [Fact]
    public Task No_two_connections_have_one_name_and_no_name_stays_taken() => Hold(Interleavings.ForNames);

    [Fact]
    public Task No_two_connections_have_one_account_and_no_account_stays_taken() => Hold(Interleavings.ForAccounts);

    [Fact]
    public Task Names_and_accounts_and_secrets_hold_together() => Hold(Interleavings.ForBoth);

    [Fact]
    public Task Who_was_taken_over_does_not_get_it_after_all() => Hold(Interleavings.ForTakeOvers);

    private static Task Hold(Gen<List<ScheduledStep>> stories) =>
        stories.SampleAsync(story => Play(story, new StepScheduler()), iter: 1500, threads: 2, print: Print);

    private static async Task Play(List<ScheduledStep> story, StepScheduler stage)
    {
        var rules = new Invariants(stage);
        await stage.Play(story, rules.Check);
        await rules.Afterwards();
    }

    // played once more, to tell it as it went
    private static string Print(List<ScheduledStep> story)
    {
        var stage = new StepScheduler();
        var broken = Record.ExceptionAsync(() => Play(story, stage)).AsTask().GetAwaiter().GetResult();
        return $"{stage.Trace}\n{broken?.Message ?? "and all was well"}";
    }
}
