namespace EventStoreDouble;

internal sealed record DoubleSettings(
    int Port, string Data, string? User, string? Password, string? Certificate, string? Key, string? Members, int TimeOutEvery, string? Holds)
{
    public static DoubleSettings From(IConfiguration given) => new(
        given.GetValue<int>("port"),
        given["data"] ?? throw new ArgumentException("--data DIR is missing."),
        given["user"],
        given["password"],
        given["certificate"],
        given["key"],
        given["members"],
        given.GetValue("time-out-every", 0),
        given["holds"]);
}
