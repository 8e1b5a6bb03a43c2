using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using EventSourcing;
using Newtonsoft.Json;
using NJsonSchema;
using NJsonSchema.Validation;

namespace Connections.Connectors.Catalogue;

/// <summary>The JSON Schema of an activity's input, parsed once. Reports errors as sentences for people.</summary>
public sealed class InputSchema
{
    private const int MaxErrors = 20;

    private readonly JsonSchema schema;
    private readonly JsonSchemaValidator validator = new();

    private InputSchema(JsonSchema schema) => this.schema = schema;

    public static InputSchema Parse(JsonNode json) => new(JsonSchema.FromJsonAsync(json.ToJsonString()).GetAwaiter().GetResult());

    public IReadOnlyList<FieldError> Check(JsonElement input)
    {
        if (input.ValueKind != JsonValueKind.Object) return [new FieldError("input", "An object is expected.")];
        try
        {
            return [.. validator.Validate(input.GetRawText(), schema).SelectMany(Flatten).Select(ToFieldError).Distinct().Take(MaxErrors)];
        }
        catch (JsonReaderException)
        {
            return [new FieldError("input", "The input is nested too deeply.")];
        }
    }

    private static IEnumerable<ValidationError> Flatten(ValidationError error) =>
        error is ChildSchemaValidationError { Errors.Count: 1 } child ? child.Errors.Values.Single().SelectMany(Flatten) : [error];

    private static FieldError ToFieldError(ValidationError error) => new(Path(error), Describe(error));

    private static string Path(ValidationError error)
    {
        var inner = error.Path?.TrimStart('#', '/').Replace('/', '.') ?? "";
        return inner.Length == 0 ? "input" : inner[0] == '[' ? $"input{inner}" : $"input.{inner}";
    }

    private static string Describe(ValidationError error) => error.Kind switch
    {
        ValidationErrorKind.PropertyRequired => "Required.",
        ValidationErrorKind.NoAdditionalPropertiesAllowed => "The activity has no such input.",
        ValidationErrorKind.StringExpected => "A text is expected.",
        ValidationErrorKind.IntegerExpected => "A whole number is expected.",
        ValidationErrorKind.NumberExpected => "A number is expected.",
        ValidationErrorKind.BooleanExpected => "True or false is expected.",
        ValidationErrorKind.ObjectExpected => "An object is expected.",
        ValidationErrorKind.ArrayExpected => "A list is expected.",
        ValidationErrorKind.NullExpected => "Nothing (null) is expected.",
        ValidationErrorKind.NoTypeValidates => $"Must be {Types(error.Schema)}.",
        ValidationErrorKind.NotInEnumeration => $"Must be one of {string.Join(", ", error.Schema.Enumeration)}.",
        ValidationErrorKind.NumberTooBig => $"Must be at most {Number(error.Schema.Maximum)}.",
        ValidationErrorKind.NumberTooSmall => $"Must be at least {Number(error.Schema.Minimum)}.",
        ValidationErrorKind.IntegerTooBig => "The number is too large.",
        ValidationErrorKind.StringTooLong => $"Too long: at most {error.Schema.MaxLength} characters.",
        ValidationErrorKind.StringTooShort when error.Schema.MinLength == 1 => "Must not be empty.",
        ValidationErrorKind.StringTooShort => $"Too short: at least {error.Schema.MinLength} characters.",
        ValidationErrorKind.TooManyItems => $"The list is too long: at most {error.Schema.MaxItems} items.",
        ValidationErrorKind.TooFewItems => $"The list is too short: at least {error.Schema.MinItems} items.",
        ValidationErrorKind.ItemsNotUnique => "The list contains the same item twice.",
        ValidationErrorKind.TooManyProperties => "The object has too many members.",
        ValidationErrorKind.TooFewProperties => "The object has too few members.",
        ValidationErrorKind.PatternMismatch => "Does not match the required pattern.",
        ValidationErrorKind.NumberNotMultipleOf or ValidationErrorKind.IntegerNotMultipleOf =>
            $"Must be a multiple of {Number(error.Schema.MultipleOf)}.",
        ValidationErrorKind.UuidExpected or ValidationErrorKind.GuidExpected => "A UUID is expected.",
        ValidationErrorKind.EmailExpected => "An email address is expected.",
        ValidationErrorKind.UriExpected => "An address such as https://example.com is expected.",
        ValidationErrorKind.DateTimeExpected => "A date and time such as 2026-01-31T09:30:00Z is expected.",
        ValidationErrorKind.DateExpected => "A date such as 2026-01-31 is expected.",
        ValidationErrorKind.NotOneOf or ValidationErrorKind.NotAnyOf or ValidationErrorKind.NotAllOf => "Matches none of the allowed schemas.",
        _ => "Not valid."
    };

    private static string Types(JsonSchema schema) => string.Join(" or ", Enum.GetValues<JsonObjectType>()
        .Where(t => t != JsonObjectType.None && schema.Type.HasFlag(t))
        .Select(t => t switch
        {
            JsonObjectType.Array => "a list",
            JsonObjectType.Boolean => "true or false",
            JsonObjectType.Integer => "a whole number",
            JsonObjectType.Null => "null",
            JsonObjectType.Number => "a number",
            JsonObjectType.Object => "an object",
            JsonObjectType.String => "a text",
            _ => "a file"
        }));

    private static string Number(decimal? limit) => limit?.ToString(CultureInfo.InvariantCulture) ?? "";
}
