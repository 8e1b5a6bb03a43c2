using Connections.Contracts;
using MassTransit;

namespace CSharpWorkflow;

/// <summary>Follows one activity to its end.</summary>
internal sealed class Ending(Guid activity)
{
    private readonly TaskCompletionSource<bool> completed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock sync = new();
    private long newest = -1;

    public Task<bool> Completed => completed.Task;

    public Task Finished(ConsumeContext<ActivityFinished> context)
    {
        var m = context.Message;
        if (m.ActivityId == activity) Hear(m, () => End(m.Outcome, m.Output?.GetRawText() ?? m.Error?.Message, m.Outcome == "succeeded"));
        return Task.CompletedTask;
    }

    public Task Waiting(ConsumeContext<ActivityWaiting> context)
    {
        if (context.Message.ActivityId == activity) Hear(context.Message, () => Console.WriteLine($"waiting: {context.Message.Kind}"));
        return Task.CompletedTask;
    }

    public Task Refused(ConsumeContext<CommandRefused> context)
    {
        if (context.Message.CommandId == activity) End($"refused: {context.Message.Code}", context.Message.Detail, false);
        return Task.CompletedTask;
    }

    // two queues keep no order between them: what is older than what is known is dropped
    private void Hear(Published message, Action say)
    {
        lock (sync)
        {
            if (message.Version < newest) return;
            newest = message.Version;
            say();
        }
    }

    private void End(string outcome, string? more, bool succeeded)
    {
        Console.WriteLine(outcome);
        Console.WriteLine(more);
        completed.TrySetResult(succeeded);
    }
}

internal sealed class KebabCase : IEntityNameFormatter
{
    public string FormatEntityName<T>() => KebabCaseEndpointNameFormatter.Instance.SanitizeName(typeof(T).Name);
}
