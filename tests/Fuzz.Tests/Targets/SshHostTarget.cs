using System.Net;
using System.Net.Sockets;
using Connections.Connectors.Ssh;
using Fuzz.Tests.Harness;
using Renci.SshNet;

namespace Fuzz.Tests.Targets;

/// <summary>The bytes that an SSH host sends before it closes: its identification, and the start of its key exchange.</summary>
internal static class SshHostTarget
{
    private static readonly SshSettings Settings = new("bastion.test", 22, "any", null);

    public static FuzzTarget One { get; } = new(
        "ssh-greeting",
        [
            "SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n"u8.ToArray(),
            [.. "Welcome to this host\r\nSSH-2.0-x\r\n"u8, .. KeyExchange("curve25519-sha256", "ssh-ed25519", "aes128-ctr", "hmac-sha2-256", "none")],
            [.. "SSH-2.0-x\n"u8, .. KeyExchange("", "", "", "", "")],
            [.. "SSH-2.0-x\r\n"u8, .. KeyExchange("curve25519-sha256", "ssh-rsa", "aes256-gcm@openssh.com", "", "zlib"), 0, 0, 0, 12, 6, 1, 0, 0, 0, 11, 0, 0, 0, 0, 0, 0]
        ],
        ["SSH-1.99-", "SSH-2.0-", "\u007F\u00FF\u00FF\u00FF", "\0\0\0\u000C\u0006\u0014", "\u00FF\u00FF\u00FF\u00FF", "ssh-dss", "kex-strict-s-v00@openssh.com"],
        Greet)
    {
        Rounds = 400 // each one is a sign-in over a socket
    };

    // A host that cannot be understood is a failure with a message, never an exception.
    private static async Task Greet(byte[] sent)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var host = Send(listener, sent);
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(listener.LocalEndpoint);
        var signIn = new SshSignIn<SshClient>(Settings, new SshProof("any", null, null), connection => new SshClient(connection), TimeProvider.System);
        var result = await signIn.Run(socket, CancellationToken.None);
        if (result.Client is not null || string.IsNullOrWhiteSpace(result.Failure?.Message))
            throw new InvalidOperationException("There must be a failure with a message.");
        await host;
    }

    private static async Task Send(TcpListener listener, byte[] sent)
    {
        using var peer = await listener.AcceptSocketAsync();
        try
        {
            await peer.SendAsync(sent);
            peer.Shutdown(SocketShutdown.Send);
            var buffer = new byte[4096];
            while (await peer.ReceiveAsync(buffer) > 0) continue;
        }
        catch (SocketException)
        {
            // The client closed first.
        }
    }

    private static byte[] KeyExchange(string exchange, string key, string cipher, string mac, string compression)
    {
        var body = new List<byte> { 20 };
        body.AddRange(new byte[16]);
        foreach (var names in (string[])[exchange, key, cipher, cipher, mac, mac, compression, compression, "", ""])
            body.AddRange([0, 0, (byte)(names.Length >> 8), (byte)names.Length, .. System.Text.Encoding.ASCII.GetBytes(names)]);
        body.AddRange(new byte[5]);
        var padding = 8 - ((body.Count + 5) % 8) + 8;
        var length = body.Count + 1 + padding;
        return [0, 0, (byte)(length >> 8), (byte)length, (byte)padding, .. body, .. new byte[padding]];
    }
}
