using System.Text;

namespace EndToEnd.Tests.Harness;

/// <summary>The console of this process. What a caller of <see cref="Begin"/> and its tasks write goes to a text of its own.</summary>
internal sealed class ConsoleCapture : TextWriter
{
    private static readonly AsyncLocal<StringBuilder?> Current = new();
    private static readonly Lazy<bool> Installed = new(Install);

    private readonly TextWriter console;

    private ConsoleCapture(TextWriter console) => this.console = console;

    public override Encoding Encoding => console.Encoding;

    /// <summary>Begins a text for the output and the errors of this caller.</summary>
    public static StringBuilder Begin()
    {
        Assert.True(Installed.Value);
        return Current.Value = new StringBuilder();
    }

    public override void Write(char value) => Write([value]);

    public override void Write(string? value) => Write(value.AsSpan());

    public override void Write(char[] buffer, int index, int count) => Write(buffer.AsSpan(index, count));

    public override void Write(ReadOnlySpan<char> buffer)
    {
        if (Current.Value is not { } text)
        {
            console.Write(buffer);
            return;
        }

        lock (text) text.Append(buffer);
    }

    public override void Flush() => console.Flush();

    private static bool Install()
    {
        Console.SetOut(new ConsoleCapture(Console.Out));
        Console.SetError(new ConsoleCapture(Console.Error));
        return true;
    }
}
