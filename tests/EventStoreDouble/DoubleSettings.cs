namespace EventStoreDouble;

internal sealed record DoubleSettings(
    int Port, string Data, string? User, string? Password, string? Certificate, string? Key, string? Members, int TimeOutEvery, string? Holds)
{
    public static DoubleSettings From(IConfiguration configuration) => new(
        configuration.GetValue<int>("port"),
        configuration["data"] ?? throw new ArgumentException("--data DIR is missing."),
        configuration["user"],
        configuration["password"],
        configuration["certificate"],
        configuration["key"],
        configuration["members"],
        configuration.GetValue("time-out-every", 0),
        configuration["holds"]);
}
