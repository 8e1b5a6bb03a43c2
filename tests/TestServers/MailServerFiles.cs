using System.Diagnostics;
using System.Runtime.Versioning;

namespace TestServers;

/// <summary>The configuration and the mailboxes of a <see cref="MailServer"/>.</summary>
[UnsupportedOSPlatform("windows")]
internal static class MailServerFiles
{
    public const UnixFileMode Readable = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;
    public const UnixFileMode Open = Readable | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    public const string Owner = "nobody";

    /// <summary>The recipients that Postfix takes.</summary>
    public const string Recipients = """
        if !/^nobody@/
        /@mail\.test$/ stored
        endif

        """;

    public static string Mailbox(string folder, string address) => Path.Combine(folder, "mail", address);

    /// <summary>Creates a folder whose owner is the user of the mailboxes.</summary>
    public static async Task CreateMailbox(string place)
    {
        if (Directory.Exists(place)) return;
        Directory.CreateDirectory(place);
        for (var folder = place; Path.GetFileName(folder) is var name && name != ""; folder = Path.GetDirectoryName(folder)!)
        {
            using var owning = Process.Start("/usr/bin/chown", [Owner, folder]);
            await owning.WaitForExitAsync();
            if (name == "mail") return;
        }
    }

    public static string Dovecot(string folder, int tlsPort, int startTlsPort) => $$"""
        base_dir = {{folder}}/run
        state_dir = {{folder}}/run
        log_path = /dev/stderr
        protocols = imap
        listen = 127.0.0.1
        ssl = required
        ssl_cert = <{{folder}}/server.crt
        ssl_key = <{{folder}}/server.key
        auth_mechanisms = plain login xoauth2
        auth_failure_delay = 0
        first_valid_uid = 1
        mail_location = %{if;%n;*;mbox-*;mbox;maildir}:{{folder}}/mail/%u
        mail_uid = {{Owner}}
        mail_gid = nogroup
        mail_fsync = never
        passdb {
          driver = passwd-file
          mechanisms = plain login
          args = {{folder}}/users/%u
        }
        passdb {
          driver = oauth2
          mechanisms = xoauth2
          args = {{folder}}/tokens.conf
        }
        userdb {
          driver = static
          args = uid={{Owner}} gid=nogroup home={{folder}}/mail/%u allow_all_users=yes
        }
        service imap-login {
          inet_listener imap {
            port = {{startTlsPort}}
          }
          inet_listener imaps {
            port = {{tlsPort}}
            ssl = yes
          }
        }
        service auth {
          unix_listener sign-in {
            mode = 0666
          }
          unix_listener auth-userdb {
            mode = 0666
          }
        }
        service stats {
          unix_listener stats-writer {
            mode = 0666
          }
        }
        service anvil {
          unix_listener anvil-auth-penalty {
            mode = 0
          }
        }
        namespace inbox {
          inbox = yes
          mailbox Sent {
            special_use = \Sent
            auto = create
          }
          mailbox Archive {
            special_use = \Archive
            auto = create
          }
        }

        """;

    /// <summary>Dovecot asks the endpoint about each access token.</summary>
    public static string Tokens(int port) => $"""
        tokeninfo_url = http://127.0.0.1:{port}/tokens?access_token=
        introspection_mode = auth
        username_attribute = email
        active_attribute = active
        active_value = true

        """;

    public static string Postfix(string folder, string mailboxes) => $"""
        compatibility_level = 3.6
        queue_directory = {folder}/queue
        data_directory = {folder}/data
        command_directory = /usr/sbin
        daemon_directory = /usr/lib/postfix/sbin
        mail_owner = postfix
        setgid_group = postdrop
        inet_interfaces = 127.0.0.1
        inet_protocols = ipv4
        myhostname = {MailServer.Domain}
        mydestination =
        mynetworks =
        virtual_mailbox_domains = {MailServer.Domain}
        virtual_mailbox_maps = regexp:{folder}/recipients
        virtual_transport = store
        store_destination_recipient_limit = 1
        default_transport = error:no delivery beyond this host
        smtpd_tls_cert_file = {folder}/server.crt
        smtpd_tls_key_file = {folder}/server.key
        smtpd_tls_security_level = encrypt
        smtpd_sasl_auth_enable = yes
        smtpd_sasl_type = dovecot
        smtpd_sasl_path = {mailboxes}/run/sign-in
        smtpd_recipient_restrictions = permit_sasl_authenticated,reject
        smtpd_relay_restrictions = permit_sasl_authenticated,reject
        message_size_limit = 60000000
        mailbox_size_limit = 0
        maillog_file = {folder}/log
        maillog_file_prefixes = {folder}
        alias_maps =
        alias_database =
        disable_dns_lookups = yes

        """;

    public static string PostfixServices(string mailboxes, int tlsPort, int startTlsPort) => $$"""
        127.0.0.1:{{tlsPort}} inet n - n - - smtpd
          -o smtpd_tls_wrappermode=yes
        127.0.0.1:{{startTlsPort}} inet n - n - - smtpd
        pickup unix n - n 60 1 pickup
        cleanup unix n - n - 0 cleanup
        qmgr unix n - n 300 1 qmgr
        rewrite unix - - n - - trivial-rewrite
        bounce unix - - n - 0 bounce
        defer unix - - n - 0 bounce
        trace unix - - n - 0 bounce
        verify unix - - n - 1 verify
        flush unix n - n 1000? 0 flush
        proxymap unix - - n - - proxymap
        error unix - - n - - error
        retry unix - - n - - error
        store unix - n n - - pipe
          flags=DRhu user={{Owner}} argv=/usr/lib/dovecot/dovecot-lda -c {{mailboxes}}/dovecot.conf -o log_path=/dev/null -f ${sender} -d ${recipient}
        anvil unix - - n - 1 anvil
        tlsmgr unix - - n 1000? 1 tlsmgr
        postlog unix-dgram n - n - 1 postlogd

        """;
}
