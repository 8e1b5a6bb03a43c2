namespace EndToEnd.Tests.Chaos;

/// <summary>The differences between the restored log and what happened.</summary>
/// <param name="LostEvents">The events appended after the backup.</param>
/// <param name="Open">The activities that were open in the backup. They continue from there, whatever happened since.</param>
internal sealed record RestoreGap(IReadOnlySet<Guid> LostEvents, IReadOnlySet<Guid> Open)
{
    public static RestoreGap Between(IReadOnlyList<WrittenEvent> before, IReadOnlyList<WrittenEvent> after) => new(
        before.Select(e => e.Id).Except(after.Select(e => e.Id)).ToHashSet(),
        before.Where(e => e.IsOfActivity).Select(e => e.ActivityId).Except(after.Where(e => e.IsEnd).Select(e => e.ActivityId)).ToHashSet());
}
