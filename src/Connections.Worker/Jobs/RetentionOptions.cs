namespace Connections.Worker.Jobs;

/// <summary>How many days ended activities are kept.</summary>
public sealed class RetentionOptions
{
    public const string Section = "Activities";

    public int RetentionDays { get; set; } = 90;

    public TimeSpan Retention => TimeSpan.FromDays(RetentionDays);
}
