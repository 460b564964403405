namespace HftDelta.Node.Schemas.Decoding;

/// <summary>Bytes as people paste them: hexadecimal digits, with spaces, colons, commas, dashes or 0x between.</summary>
internal static class HexText
{
    public static bool TryParse(string text, out byte[] bytes, out string fault)
    {
        ArgumentNullException.ThrowIfNull(text);
        bytes = [];
        fault = "";
        var digits = new List<char>(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            var letter = text[i];
            if (letter == '0' && i + 1 < text.Length && text[i + 1] is 'x' or 'X' && digits.Count % 2 == 0)
            {
                i++;
            }
            else if (char.IsAsciiHexDigit(letter))
            {
                digits.Add(letter);
            }
            else if (!char.IsWhiteSpace(letter) && letter is not (':' or ',' or '-' or '_'))
            {
                fault = $"character {i + 1} is no hexadecimal digit";
                return false;
            }
        }

        if (digits.Count % 2 != 0)
        {
            fault = $"{digits.Count} digits are no whole number of bytes";
            return false;
        }

        bytes = Convert.FromHexString([.. digits]);
        return true;
    }
}
