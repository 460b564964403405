using System.Globalization;
using System.Text;

namespace HftDelta.Aeron.Channels;

/// <summary>
/// The value of <c>fc</c>: <c>max</c>, <c>min,g:/3,t:10s</c>, <c>tagged,g:7/2,t:10s</c>, each with <c>rrwm:n</c> when wanted.
/// What is not said is null: the driver's defaults hold.
/// </summary>
public sealed record FlowControlChoice
{
    internal const string Allowed =
        "max, min or tagged, then by commas g:tag/size (g:/size with min), t:duration and rrwm:number, such as tagged,g:7/2,t:5s";

    public required FlowControlKind Kind { get; init; }

    /// <summary>Which tag makes a receiver one of the group; only with <see cref="FlowControlKind.Tagged"/>.</summary>
    public long? GroupTag { get; init; }

    /// <summary>So many receivers of the group are needed for the publication to be connected.</summary>
    public int? GroupSizeMin { get; init; }

    /// <summary>A receiver that was silent for so long no longer counts.</summary>
    public long? ReceiverTimeoutNanos { get; init; }

    /// <summary>One NAK brings back at most this many times the window.</summary>
    public int? RetransmitWindowMultiple { get; init; }

    /// <summary>Null when the text is no such value.</summary>
    internal static FlowControlChoice? TryParse(string text)
    {
        var parts = text.Split(',');
        FlowControlKind? kind = parts[0] switch
        {
            "max" => FlowControlKind.Max,
            "min" => FlowControlKind.Min,
            "tagged" => FlowControlKind.Tagged,
            _ => null,
        };
        var choice = kind is { } known ? new FlowControlChoice { Kind = known } : null;
        for (var index = 1; index < parts.Length && choice is not null; index++)
        {
            choice = choice.With(parts[index]);
        }

        return choice;
    }

    public override string ToString()
    {
        var text = new StringBuilder(Kind switch
        {
            FlowControlKind.Min => "min",
            FlowControlKind.Tagged => "tagged",
            _ => "max",
        });
        if (GroupTag is not null || GroupSizeMin is not null)
        {
            text.Append(CultureInfo.InvariantCulture, $",g:{GroupTag}");
            if (GroupSizeMin is { } size)
            {
                text.Append(CultureInfo.InvariantCulture, $"/{size}");
            }
        }

        if (ReceiverTimeoutNanos is { } timeout)
        {
            text.Append(CultureInfo.InvariantCulture, $",t:{ChannelValues.DurationText(timeout)}");
        }

        if (RetransmitWindowMultiple is { } multiple)
        {
            text.Append(CultureInfo.InvariantCulture, $",rrwm:{multiple}");
        }

        return text.ToString();
    }

    private FlowControlChoice? With(string part)
    {
        if (part.StartsWith("g:", StringComparison.Ordinal))
        {
            return GroupTag is null && GroupSizeMin is null ? WithGroup(part[2..]) : null;
        }

        if (part.StartsWith("t:", StringComparison.Ordinal))
        {
            return Kind != FlowControlKind.Max && ReceiverTimeoutNanos is null
                && ChannelValues.Duration(part[2..]) is { } timeout and > 0
                ? this with { ReceiverTimeoutNanos = timeout }
                : null;
        }

        return part.StartsWith("rrwm:", StringComparison.Ordinal) && RetransmitWindowMultiple is null
            && Number(part["rrwm:".Length..]) is { } multiple and > 0
            ? this with { RetransmitWindowMultiple = multiple }
            : null;
    }

    private FlowControlChoice? WithGroup(string text)
    {
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        var tagText = slash < 0 ? text : text[..slash];
        int? size = slash < 0 ? null : Number(text[(slash + 1)..]);
        if (Kind == FlowControlKind.Max || (slash >= 0 && size is null) || (slash < 0 && Kind == FlowControlKind.Min))
        {
            return null;
        }

        if (tagText.Length == 0)
        {
            return slash < 0 ? null : this with { GroupSizeMin = size };
        }

        return Kind == FlowControlKind.Tagged
            && long.TryParse(tagText, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var tag)
            ? this with { GroupTag = tag, GroupSizeMin = size }
            : null;
    }

    private static int? Number(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
