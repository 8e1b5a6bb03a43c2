namespace EndToEnd.Tests.Chaos;

/// <summary>What who knows only the restored log cannot know.</summary>
/// <param name="LostEvents">Were appended after the backup.</param>
/// <param name="Open">Activities that had not ended in the backup: they go on from there, whatever was done of them since.</param>
internal sealed record RestoreGap(IReadOnlySet<Guid> LostEvents, IReadOnlySet<Guid> Open)
{
    public static RestoreGap Between(IReadOnlyList<WrittenEvent> before, IReadOnlyList<WrittenEvent> after) => new(
        before.Select(e => e.Id).Except(after.Select(e => e.Id)).ToHashSet(),
        before.Where(e => e.IsOfActivity).Select(e => e.ActivityId).Except(after.Where(e => e.IsEnd).Select(e => e.ActivityId)).ToHashSet());
}
