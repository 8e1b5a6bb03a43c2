using System.Text.Json;
using System.Text.Json.Nodes;
using Connections.Connectors.Catalogue;
using Connections.Connectors.Mail;
using Connections.Connectors.MailServers;
using Connections.Domain;

namespace Connections.Connectors.Smtp;

internal static class SmtpEntry
{
    public const string Id = "smtp";
    public const string SenderAddress = "senderAddress";
    public const string SenderName = "senderName";

    public static MailPorts Ports { get; } = new(465, 587);

    public static ConnectorResult.Failed NoSender { get; } = new(
        FailureKind.InvalidInput,
        "The sender address of the connection is not an email address: change the connection.", Delivered.No, Answered: true);

    public static CatalogueEntry Create() => new(
        Id, "SMTP", "mail", "Send mail through any mail server.", "password",
        [
            .. MailForm.Server(Ports, "smtp.example.com"),
            new(SenderAddress, "Sender address", "string", true, false,
                "The address that emails come from. The server must allow this user to send from it.", "ann@example.com", MaxBytes: 512,
                Trimmed: true, Pattern: "[^@\\s<>\",;]+@[^@\\s<>\",;]+"),
            new(SenderName, "Sender name", "string", false, false, "The name beside the address.", "Ann Example", MaxBytes: 512)
        ],
        MailForm.Credentials, Scopes: [], Activities: [Send()], Concurrency: 5);

    /// <summary>Whether the others get the email if the server refuses a recipient.</summary>
    public static bool AllowsPartial(JsonElement input) =>
        Json.Member(Json.Member(input, "vendor"), "allowPartial").ValueKind == JsonValueKind.True;

    // The common activity, with files of the file store as attachments, and with what only this protocol knows.
    private static ActivityDescription Send()
    {
        var send = MailActivities.All("").First(a => a.Id == MailActivities.Send);
        var (input, output) = (send.Input.DeepClone(), send.Output.DeepClone());
        var attachment = input["properties"]!["attachments"]!["items"]!;
        attachment.AsObject().Remove("required");
        attachment["description"] = "A file of the file store (file), or a small one in place (name and base64).";
        attachment["properties"]!["file"] = JsonNode.Parse("""
            {
              "type": "object", "additionalProperties": false, "required": ["id"],
              "properties": {"id": {"type": "string", "description": "The id of a file of the file store."}}
            }
            """);
        input["properties"]!["vendor"] = JsonNode.Parse("""
            {
              "type": "object", "additionalProperties": false,
              "properties": {"allowPartial": {"type": "boolean", "default": false,
                "description": "Whether the others get the email if the server refuses some recipients. Otherwise nobody gets it."}}
            }
            """);
        output["properties"]!["vendor"] = JsonNode.Parse("""
            {
              "type": "object",
              "properties": {
                "reply": {"type": "string", "description": "The server's reply, usually with the id in its queue."},
                "refused": {"type": "array", "items": {"type": "object",
                  "properties": {"address": {"type": "string"}, "reason": {"type": "string"}}}}
              }
            }
            """);
        output["properties"]!["id"]!["description"] = "The Message-ID, made from the id of the activity.";
        return send with { Input = input, Output = output };
    }
}
