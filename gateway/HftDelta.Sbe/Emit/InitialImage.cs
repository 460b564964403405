namespace HftDelta.Sbe.Emit;

/// <summary>Puts the first content of a block into generated code: one copy where short, else zeros and nulls.</summary>
internal sealed class InitialImage
{
    public const int LongestLiteral = 512;

    private readonly EmitPlan _plan;
    private readonly CodeWriter _code;
    private byte[] _image = [];

    public InitialImage(EmitPlan plan, CodeWriter code)
    {
        _plan = plan;
        _code = code;
    }

    public void Declare(byte[] image)
    {
        _image = image;
        if (IsLiteral)
            _code.Line($"private static global::System.ReadOnlySpan<byte> _initial => {Literals.Bytes(image, 0, image.Length)};");
    }

    /// <summary>Writes the copy into the span of that name, whose length was checked before.</summary>
    public void WriteCopy(string span)
    {
        if (IsLiteral)
        {
            _code.Line($"_initial.CopyTo({span});");
            return;
        }

        if (_image.Length == 0)
            return;
        _code.Line($"{span}.Slice(0, {_image.Length}).Clear();");
        for (int start = 0; start < _image.Length;)
        {
            if (_image[start] == 0)
            {
                start++;
                continue;
            }

            int end = start;
            while (end < _image.Length && _image[end] != 0)
                end++;
            string bytes = $"{_plan.SupportPrefix}SbeBytes.Constant({Literals.Bytes(_image, start, end - start)})";
            _code.Line($"{bytes}.CopyTo({span}.Slice({start}));");
            start = end;
        }
    }

    private bool IsLiteral => _image.Length is > 0 and <= LongestLiteral && System.Array.Exists(_image, one => one != 0);
}
