using Connections.ReadModels.Activities;
using Connections.ReadModels.Retention;
using EventSourcing.Sql;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Worker.Tests.Harness;

internal static class Guards
{
    public static ClockGuard Create(Rows activities, Rows service, TimeProvider clock) => new(
        new ServiceDatabase(service.Database.Sql), new EndedActivities(activities.Database), clock, NullLogger<ClockGuard>.Instance);

    /// <summary>Asks the guard as the jobs of a service do that runs from one time to another.</summary>
    public static async Task RunDaily(Rows activities, Rows service, DateTimeOffset from, DateTimeOffset to)
    {
        for (var day = from; day < to; day += TimeSpan.FromDays(1))
            Assert.NotNull(await Create(activities, service, new FakeTimeProvider(day)).Now(default));
    }
}
