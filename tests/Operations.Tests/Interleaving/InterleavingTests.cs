using CsCheck;

namespace Operations.Tests;

/// <summary>Several at work on few names and accounts, in turns that are made up, some of them crashing on the way.</summary>
public sealed class InterleavingTests
{
    [Fact]
    public Task No_two_connections_have_one_name_and_no_name_stays_taken() => Hold(Stories.OfNames);

    [Fact]
    public Task No_two_connections_have_one_account_and_no_account_stays_taken() => Hold(Stories.OfAccounts);

    [Fact]
    public Task Names_and_accounts_and_secrets_hold_together() => Hold(Stories.OfBoth);

    [Fact]
    public Task Who_was_taken_over_does_not_get_it_after_all() => Hold(Stories.OfTakeOvers);

    private static Task Hold(Gen<List<Move>> stories) =>
        stories.SampleAsync(story => Play(story, new Stage()), iter: 1500, threads: 2, print: Told);

    private static async Task Play(List<Move> story, Stage stage)
    {
        var rules = new Rules(stage);
        await stage.Play(story, rules.Look);
        await rules.Afterwards();
    }

    // played once more, to tell it as it went
    private static string Told(List<Move> story)
    {
        var stage = new Stage();
        var broken = Record.ExceptionAsync(() => Play(story, stage)).AsTask().GetAwaiter().GetResult();
        return $"{stage.Told}\n{broken?.Message ?? "and all was well"}";
    }
}
