using System.Text;

namespace EventStoreDouble;

/// <summary>Answers a wrong user or password with 401, as the server does. An anonymous caller passes here and is denied later.</summary>
internal sealed class BasicAuthentication(RequestDelegate next, DoubleSettings settings)
{
    public const string Anonymous = "anonymous";

    public Task InvokeAsync(HttpContext context)
    {
        if (settings.User is null) return next(context);
        var expected = $"Basic {Convert.ToBase64String(Encoding.UTF8.GetBytes($"{settings.User}:{settings.Password}"))}";
        var given = context.Request.Headers.Authorization.ToString();
        if (given.Length == 0) context.Items[Anonymous] = true;
        if (given.Length == 0 || given == expected) return next(context);
        context.Response.StatusCode = StatusCodes.Status401Unauthorized;
        return Task.CompletedTask;
    }
}
