using System.Globalization;
using System.Net.Sockets;
using TestServers;

namespace Console.Tests;

/// <summary>Debian's nginx as a reverse proxy: TLS, and the service below a path of its own.</summary>
internal sealed class Nginx : IAsyncDisposable
{
    public const string Program = "/usr/sbin/nginx";

    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("nginx-");
    private readonly int port = Ports.Free();
    private System.Diagnostics.Process? process;

    public static bool Available => File.Exists(Program);

    public string Address => $"https://127.0.0.1:{port}/work";

    /// <summary>As docs/console.md shows it.</summary>
    public async Task Start(string service)
    {
        using var authority = new TestAuthority("Proxy");
        var (certificate, key) = authority.Issue("127.0.0.1");
        await File.WriteAllTextAsync(In("certificate.pem"), certificate);
        await File.WriteAllTextAsync(In("key.pem"), key);
        await File.WriteAllTextAsync(In("nginx.conf"), string.Create(CultureInfo.InvariantCulture, $$"""
            daemon off;
            master_process off;
            pid {{In("pid")}};
            error_log {{In("error.log")}};
            events { worker_connections 256; }
            http {
                access_log off;
                client_body_temp_path {{In("body")}};
                proxy_temp_path {{In("proxy")}};
                fastcgi_temp_path {{In("fastcgi")}};
                uwsgi_temp_path {{In("uwsgi")}};
                scgi_temp_path {{In("scgi")}};
                server {
                    listen 127.0.0.1:{{port}} ssl;
                    ssl_certificate {{In("certificate.pem")}};
                    ssl_certificate_key {{In("key.pem")}};
                    location /work/ {
                        proxy_pass {{service}}/;
                        proxy_http_version 1.1;
                        proxy_set_header Connection "";
                        proxy_read_timeout 60s;
                    }
                }
            }
            """));
        process = System.Diagnostics.Process.Start(new System.Diagnostics.ProcessStartInfo(Program, ["-c", In("nginx.conf"), "-p", folder.FullName])
        {
            RedirectStandardError = true
        })!;
        await Until.Holds(Listens, "nginx listens");
    }

    public async ValueTask DisposeAsync()
    {
        if (process is { HasExited: false })
        {
            process.Kill();
            await process.WaitForExitAsync();
        }

        process?.Dispose();
        folder.Delete(recursive: true);
    }

    private string In(string file) => Path.Combine(folder.FullName, file);

    private async Task<bool> Listens()
    {
        if (process!.HasExited) throw new InvalidOperationException($"nginx ended: {await process.StandardError.ReadToEndAsync()}");
        try
        {
            using var client = new TcpClient();
            await client.ConnectAsync("127.0.0.1", port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
