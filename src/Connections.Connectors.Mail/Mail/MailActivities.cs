using System.Text.Json.Nodes;
using Connections.Connectors.Catalogue;

namespace Connections.Connectors.Mail;

/// <summary>The activities of all mailboxes. They have the same schemas, so that a workflow can change its provider.</summary>
internal static class MailActivities
{
    public const string Send = "send-email";
    public const string Search = "search-emails";
    public const string Read = "read-email";

    public const int MaxSearchResults = 20;

    /// <param name="query">A description of the provider's search syntax.</param>
    public static IReadOnlyList<ActivityDescription> All(string query) =>
    [
        new(Send, "Send an email", "Sends one email from the account.", SendInput(), SendOutput(), JsonNode.Parse(
            """{"to": ["bob@example.com"], "subject": "Your order", "text": "It is on its way."}""")),
        new(Search, "Find emails", $"Returns the newest matching emails, {MaxSearchResults} at most.", SearchInput(query), SearchOutput(), JsonNode.Parse(
            """{"query": "invoice", "limit": 5}""")),
        new(Read, "Read an email", "Returns headers, text and the names of attachments.", JsonNode.Parse(
            """
            {"type": "object", "additionalProperties": false, "required": ["id"],
             "properties": {"id": {"type": "string", "pattern": "^[A-Za-z0-9_=-]{1,512}$(?!\\n)"}}}
            """)!, ReadOutput(), JsonNode.Parse("""{"id": "18f2c3"}"""))
    ];

    private static JsonNode SendInput() => JsonNode.Parse("""
        {
          "type": "object",
          "additionalProperties": false,
          "required": ["subject"],
          "properties": {
            "to": {"$ref": "#/definitions/addresses"},
            "cc": {"$ref": "#/definitions/addresses"},
            "bcc": {"$ref": "#/definitions/addresses"},
            "replyTo": {"$ref": "#/definitions/addresses"},
            "subject": {"type": "string", "maxLength": 998},
            "text": {"type": "string", "description": "Plain text. With html: the alternative for readers without HTML."},
            "html": {"type": "string"},
            "attachments": {"type": "array", "maxItems": 20, "items": {
              "type": "object",
              "additionalProperties": false,
              "required": ["name", "base64"],
              "properties": {
                "name": {"type": "string", "minLength": 1, "maxLength": 255},
                "contentType": {"type": "string", "maxLength": 255, "description": "Default: application/octet-stream."},
                "base64": {"type": "string"}
              }
            }}
          },
          "definitions": {
            "addresses": {"type": "array", "maxItems": 100, "items": {"type": "string", "minLength": 3, "maxLength": 512,
              "description": "bob@example.com, or Bob <bob@example.com>"}}
          }
        }
        """)!;

    private static JsonNode SendOutput() => JsonNode.Parse("""
        {
          "type": "object",
          "required": ["id"],
          "properties": {"id": {"type": ["string", "null"], "description": "Null if the provider does not return it."}}
        }
        """)!;

    private static JsonObject SearchInput(string query) => new JsonObject
    {
        ["type"] = "object",
        ["additionalProperties"] = false,
        ["properties"] = new JsonObject
        {
            ["query"] = new JsonObject { ["type"] = "string", ["maxLength"] = 1000, ["description"] = query },
            ["limit"] = new JsonObject { ["type"] = "integer", ["minimum"] = 1, ["maximum"] = MaxSearchResults, ["default"] = 10 }
        }
    };

    private static JsonNode SearchOutput() => JsonNode.Parse("""
        {
          "type": "object",
          "required": ["messages"],
          "properties": {"messages": {"type": "array", "items": {
            "type": "object",
            "required": ["id", "from", "to", "subject", "receivedAt", "preview"],
            "properties": {
              "id": {"type": "string"},
              "from": {"type": "string"},
              "to": {"type": "array", "items": {"type": "string"}},
              "subject": {"type": "string"},
              "receivedAt": {"type": ["string", "null"], "format": "date-time"},
              "preview": {"type": "string"}
            }
          }}}
        }
        """)!;

    private static JsonNode ReadOutput() => JsonNode.Parse("""
        {
          "type": "object",
          "required": ["id", "from", "to", "cc", "subject", "receivedAt", "text", "html", "truncated", "attachments"],
          "properties": {
            "id": {"type": "string"},
            "from": {"type": "string"},
            "to": {"type": "array", "items": {"type": "string"}},
            "cc": {"type": "array", "items": {"type": "string"}},
            "subject": {"type": "string"},
            "receivedAt": {"type": ["string", "null"], "format": "date-time"},
            "text": {"type": ["string", "null"]},
            "html": {"type": ["string", "null"]},
            "truncated": {"type": "boolean", "description": "True if text or html was too long and was cut."},
            "attachments": {"type": "array", "items": {
              "type": "object",
              "properties": {"name": {"type": "string"}, "contentType": {"type": "string"}, "size": {"type": "integer", "description": "Bytes."}}
            }}
          }
        }
        """)!;
}
