using Connections.Contracts;
using MassTransit;

namespace CSharpWorkflow;

/// <summary>Waits for the end of one activity.</summary>
internal sealed class Ending(Guid activity)
{
    private readonly TaskCompletionSource<bool> completed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock sync = new();
    private long newest = -1;

    public Task<bool> Completed => completed.Task;

    public Task Finished(ConsumeContext<ActivityFinished> context)
    {
        var m = context.Message;
        if (m.ActivityId == activity) Process(m, () => End(m.Outcome, m.Output?.GetRawText() ?? m.Error?.Message, m.Outcome == "succeeded"));
        return Task.CompletedTask;
    }

    public Task Waiting(ConsumeContext<ActivityWaiting> context)
    {
        if (context.Message.ActivityId == activity) Process(context.Message, () => Console.WriteLine($"waiting: {context.Message.Kind}"));
        return Task.CompletedTask;
    }

    public Task Refused(ConsumeContext<CommandRefused> context)
    {
        if (context.Message.CommandId == activity) End($"refused: {context.Message.Code}", context.Message.Detail, false);
        return Task.CompletedTask;
    }

    // Messages of two queues have no common order, so ignore a message older than the newest one received.
    private void Process(Published message, Action print)
    {
        lock (sync)
        {
            if (message.Version < newest) return;
            newest = message.Version;
            print();
        }
    }

    private void End(string outcome, string? detail, bool succeeded)
    {
        Console.WriteLine(outcome);
        Console.WriteLine(detail);
        completed.TrySetResult(succeeded);
    }
}

internal sealed class KebabCase : IEntityNameFormatter
{
    public string FormatEntityName<T>() => KebabCaseEndpointNameFormatter.Instance.SanitizeName(typeof(T).Name);
}
