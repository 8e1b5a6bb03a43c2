using Connections.Connectors.Email;
using Connections.Connectors.Files;
using Connections.Connectors.Gmail;
using Connections.Connectors.Imap;
using Connections.Connectors.MailServers;
using Connections.Connectors.OAuth;
using Connections.Connectors.OAuthEmail;
using Connections.Connectors.Outlook;
using Connections.Connectors.Smtp;
using Microsoft.Extensions.DependencyInjection;

namespace Connections.Connectors;

public static class MailRegistration
{
    /// <summary>The connectors <c>gmail</c>, <c>outlook</c>, <c>smtp</c>, <c>imap</c>, <c>email</c>, <c>google-email</c> and
    /// <c>microsoft-email</c>. Needs <c>AddHttpConnector</c>.</summary>
    public static IServiceCollection AddMailConnectors(this IServiceCollection services)
    {
        services.AddSingleton<IConnector, GmailConnector>();
        services.AddSingleton<IConnector, OutlookConnector>();
        services.AddSingleton<MailLineFactory>();
        services.AddSingleton(p => new SmtpConnector(
            p.GetRequiredService<MailLineFactory>(), p.GetService<IFileStore>, p.GetRequiredService<TimeProvider>()));
        services.AddSingleton(p => new ImapConnector(
            p.GetRequiredService<MailLineFactory>(), p.GetService<IFileStore>, p.GetRequiredService<TimeProvider>()));
        services.AddSingleton<IConnector>(p => p.GetRequiredService<SmtpConnector>());
        services.AddSingleton<IConnector>(p => p.GetRequiredService<ImapConnector>());
        services.AddSingleton<EmailConnector>();
        services.AddSingleton<IConnector>(p => p.GetRequiredService<EmailConnector>());
        services.AddSingleton<IConnector>(p => OAuthEmail(p, OAuthEmailEntry.Google, "Google", "sub"));
        services.AddSingleton<IConnector>(p => OAuthEmail(p, OAuthEmailEntry.Microsoft, "Microsoft", "oid"));
        return services;
    }

    private static OAuthEmailConnector OAuthEmail(IServiceProvider services, string id, string provider, string basis)
    {
        var email = services.GetRequiredService<EmailConnector>();
        return new OAuthEmailConnector(
            OAuthEmailEntry.Create(id, provider, email.Entry), basis, email, services.GetRequiredService<OAuthApplications>(),
            services.GetRequiredService<TimeProvider>());
    }
}
