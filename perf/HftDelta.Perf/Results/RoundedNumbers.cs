using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace HftDelta.Perf.Results;

/// <summary>
/// Writes measured figures with five significant digits, which is more than any of them is worth; what is no number is null,
/// and null is no number.
/// </summary>
internal sealed class RoundedNumbers : JsonConverter<double>
{
    public override bool HandleNull => true;

    public override double Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.Null ? double.NaN : reader.GetDouble();

    public override void Write(Utf8JsonWriter writer, double value, JsonSerializerOptions options)
    {
        if (double.IsFinite(value))
        {
            // The text of five digits, read back, is the shortest number that says the same.
            writer.WriteNumberValue(decimal.Parse(
                value.ToString("G5", CultureInfo.InvariantCulture), NumberStyles.Float, CultureInfo.InvariantCulture));
        }
        else
        {
            writer.WriteNullValue();
        }
    }
}
