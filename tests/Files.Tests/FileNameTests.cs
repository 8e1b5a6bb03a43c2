using Connections.Files;

namespace Files.Tests;

public sealed class FileNameTests
{
    [Theory]
    [InlineData("report.pdf", "report.pdf")]
    [InlineData("../../etc/passwd", "passwd")]
    [InlineData(@"C:\Users\ada\offer.docx", "offer.docx")]
    [InlineData("Überweisung – Größe.txt", "Überweisung – Größe.txt")]
    [InlineData("a\r\nb\0c.txt", "a  b c.txt")]
    [InlineData("invoice\u202Efdp.exe", "invoice fdp.exe")]
    [InlineData("family👩‍👧.png", "family👩‍👧.png")]
    [InlineData("  ", "file")]
    [InlineData("..", "file")]
    [InlineData("folder/", "file")]
    [InlineData("", "file")]
    [InlineData(null, "file")]
    public void A_name_is_the_last_part_of_a_path_as_one_line(string? given, string name) => Assert.Equal(name, FileName.Clean(given));

    [Fact]
    public void Half_a_character_is_replaced() => Assert.Equal("\uFFFDx", FileName.Clean(new string(['\uD800', 'x'])));

    [Fact]
    public void A_long_name_keeps_its_extension() => Assert.Equal($"{new string('a', 196)}.pdf", FileName.Clean($"{new string('a', 500)}.pdf"));

    [Theory]
    [InlineData("text/plain; charset=utf-8", "text/plain; charset=utf-8")]
    [InlineData("no type", "application/octet-stream")]
    [InlineData("text/plain\r\nX-Evil: 1", "application/octet-stream")]
    [InlineData("text/plain; name=\"ü\"", "application/octet-stream")]
    [InlineData(null, "application/octet-stream")]
    public void A_type_that_cannot_be_sent_becomes_bytes(string? given, string type) => Assert.Equal(type, FileName.CleanType(given));
}
