using CsCheck;

namespace Operations.Tests.Interleaving;

/// <summary>Several actors work on few names and accounts, in generated interleavings, and some of them crash.</summary>
public sealed class InterleavingTests
{
    [Fact]
    public Task Names_are_unique_and_none_stays_taken() => Hold(Interleavings.ForNames);

    [Fact]
    public Task Accounts_are_unique_and_none_stays_taken() => Hold(Interleavings.ForAccounts);

    [Fact]
    public Task Names_accounts_and_secrets_are_consistent() => Hold(Interleavings.ForBoth);

    [Fact]
    public Task A_claimant_that_was_taken_over_does_not_get_the_name_afterwards() => Hold(Interleavings.ForTakeOvers);

    private static Task Hold(Gen<List<ScheduledStep>> scenarios) =>
        scenarios.SampleAsync(scenario => Play(scenario, new StepScheduler()), iter: 1500, threads: 2, print: Print);

    private static async Task Play(List<ScheduledStep> scenario, StepScheduler scheduler)
    {
        var rules = new Invariants(scheduler);
        await scheduler.Play(scenario, rules.Check);
        await rules.Afterwards();
    }

    // Played again to print the trace.
    private static string Print(List<ScheduledStep> scenario)
    {
        var scheduler = new StepScheduler();
        var broken = Record.ExceptionAsync(() => Play(scenario, scheduler)).AsTask().GetAwaiter().GetResult();
        return $"{scheduler.Trace}\n{broken?.Message ?? "no invariant was violated"}";
    }
}
