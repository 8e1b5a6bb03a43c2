using System.Collections.Concurrent;
using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using OpenIddict.Abstractions;
using OpenIddict.Validation.AspNetCore;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace DemoProvider;

public sealed record NewMail(string To, string Subject, string Text);

public sealed record Mail(string Id, string From, string To, string Subject, string Text);

/// <summary>Sent mail by account.</summary>
internal sealed class Mailboxes
{
    private readonly ConcurrentDictionary<string, ConcurrentQueue<Mail>> sent = new();

    public Mail Send(string user, NewMail mail)
    {
        var message = new Mail(Guid.NewGuid().ToString(), $"{user}@demo.example", mail.To, mail.Subject, mail.Text);
        sent.GetOrAdd(user, _ => new ConcurrentQueue<Mail>()).Enqueue(message);
        return message;
    }

    public IReadOnlyList<Mail> For(string user) => sent.TryGetValue(user, out var mails) ? [.. mails] : [];
}

/// <summary>The APIs that access tokens give access to.</summary>
internal static class Apis
{
    private static readonly Dictionary<string, string> Files = new() { ["readme.txt"] = "Welcome.", ["report.txt"] = "All is well." };

    public static void MapApis(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/me", (Delegate)((HttpContext http) => For(http, null, user => Results.Ok(new { sub = user, email = $"{user}@demo.example" }))));
        routes.MapPost("/mail/messages", (NewMail mail, HttpContext http, Mailboxes boxes) =>
            For(http, "mail.send", user => Results.Json(new { boxes.Send(user, mail).Id }, statusCode: 202)));
        routes.MapGet("/mail/messages", (HttpContext http, Mailboxes boxes) =>
            For(http, "mail.read", user => Results.Ok(new { messages = boxes.For(user) })));
        routes.MapGet("/files", (Delegate)((HttpContext http) => For(http, "files.read", _ => Results.Ok(new { files = Files.Keys }))));
        routes.MapGet("/files/{name}", (string name, HttpContext http) => For(http, "files.read", _ =>
            Files.TryGetValue(name, out var text) ? Results.Ok(new { name, text }) : Results.NotFound(new { error = "no such file" })));
    }

    private static async Task<IResult> For(HttpContext http, string? scope, Func<string, IResult> serve)
    {
        var token = await http.AuthenticateAsync(OpenIddictValidationAspNetCoreDefaults.AuthenticationScheme);
        if (!token.Succeeded) return Results.Json(new { error = "invalid_token" }, statusCode: 401);
        return scope is null || token.Principal.HasScope(scope)
            ? serve(token.Principal.FindFirstValue(Claims.Subject)!)
            : Results.Json(new { error = "insufficient_scope", scope }, statusCode: 403);
    }
}
