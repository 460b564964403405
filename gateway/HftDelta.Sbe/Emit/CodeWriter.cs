using System.Text;

namespace HftDelta.Sbe.Emit;

/// <summary>Lines of C# with indentation.</summary>
internal sealed class CodeWriter
{
    private readonly StringBuilder _text = new();
    private int _depth;

    public void Line(string text = "")
    {
        if (text.Length > 0)
            _text.Append(' ', _depth * 4).Append(text);
        _text.Append('\n');
    }

    public void Open(string head)
    {
        Line(head);
        Line("{");
        _depth++;
    }

    public void Close(string tail = "")
    {
        _depth--;
        Line("}" + tail);
    }

    /// <summary>A summary comment; text of the schema is escaped, so that it cannot leave the comment.</summary>
    public void Summary(string text)
    {
        if (text.Length > 0)
            Line($"/// <summary>{Escape(text)}</summary>");
    }

    /// <summary>A summary of what the schema says about an element: its description and its versions.</summary>
    public void Summary(Schema.Notes notes)
    {
        string text = notes.Description.Trim();
        if (text.Length > 0 && text[text.Length - 1] is not ('.' or '!' or '?'))
            text += ".";
        if (notes.Since > 0)
            text += $" Since version {notes.Since}.";
        if (notes.Deprecated >= 0)
            text += $" Deprecated since version {notes.Deprecated}.";
        Summary(text.Trim());
    }

    public override string ToString() => _text.ToString();

    private static string Escape(string text)
    {
        var escaped = new StringBuilder(text.Length);
        foreach (char letter in text)
        {
            string? entity = letter switch
            {
                '&' => "&amp;",
                '<' => "&lt;",
                '>' => "&gt;",
                _ => null,
            };
            if (entity is not null)
                escaped.Append(entity);
            else
                escaped.Append(letter < ' ' || letter is '\u2028' or '\u2029' or '\u0085' ? ' ' : letter);
        }

        return escaped.ToString();
    }
}
