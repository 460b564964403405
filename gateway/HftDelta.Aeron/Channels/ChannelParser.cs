using HftDelta.Aeron.Frames;

namespace HftDelta.Aeron.Channels;

/// <summary>Reads a channel's text parameter by parameter, then checks what several of them say together.</summary>
internal static class ChannelParser
{
    public static bool TryParse(string text, out ChannelUri? channel, out string reason)
    {
        ArgumentNullException.ThrowIfNull(text);
        channel = null;
        if (text.Length > ChannelUri.TextLengthMax)
        {
            reason = $"a channel has at most {ChannelUri.TextLengthMax} characters, this one {text.Length}";
            return false;
        }

        var fault = Read(text, out var read) ?? CheckTogether(read);
        reason = fault is null ? "" : $"channel '{text}': {fault}";
        channel = fault is null ? read : null;
        return fault is null;
    }

    private static string? Read(string text, out ChannelUri channel)
    {
        channel = new ChannelUri();
        var question = text.IndexOf('?', StringComparison.Ordinal);
        var medium = question < 0 ? text : text[..question];
        if (medium != ChannelUri.Prefix)
        {
            return $"begins with '{medium}'; allowed is {ChannelUri.Prefix}, such as aeron:udp?endpoint=127.0.0.1:40123";
        }

        if (question < 0)
        {
            return null;
        }

        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var part in text[(question + 1)..].Split('|'))
        {
            var equals = part.IndexOf('=', StringComparison.Ordinal);
            if (equals <= 0)
            {
                return $"'{part}' is no parameter; write name=value and separate parameters by |";
            }

            var name = part[..equals];
            if (!seen.Add(name))
            {
                return $"parameter '{name}' is given twice; give it once";
            }

            if (ReadParameter(name, part[(equals + 1)..], ref channel) is { } fault)
            {
                return fault;
            }
        }

        return null;
    }

    private static string? ReadParameter(string name, string value, ref ChannelUri channel)
    {
        var parameter = ChannelParameter.All.FirstOrDefault(candidate => candidate.Name == name);
        if (parameter is null)
        {
            return $"unknown parameter '{name}'; allowed are "
                + string.Join(", ", ChannelParameter.All.Select(candidate => candidate.Name));
        }

        if (parameter.Read(channel, value) is not { } read)
        {
            return $"parameter '{name}' is '{value}'; allowed is {parameter.Allowed}";
        }

        channel = read;
        return null;
    }

    private static string? CheckTogether(ChannelUri channel)
    {
        if (channel.Endpoint is null && channel.Control is null && channel.ChannelTag is null
            && channel.ControlMode == ControlMode.None)
        {
            return "parameter 'endpoint' is missing; add endpoint=host:port";
        }

        if (channel.Control is null && channel.ControlMode is ControlMode.Dynamic or ControlMode.Response)
        {
            return "parameter 'control-mode' needs 'control'; add control=host:port";
        }

        return CheckStart(channel) ?? CheckLengths(channel);
    }

    private static string? CheckStart(ChannelUri channel)
    {
        var given = new[] { channel.InitialTermId, channel.TermId, channel.TermOffset }.Count(value => value is not null);
        if (given is not (0 or 3))
        {
            return "parameters 'init-term-id', 'term-id' and 'term-offset' say together where a stream starts; "
                + "give all three or none";
        }

        if (channel is { TermId: { } termId, InitialTermId: { } initialTermId }
            && TermArithmetic.TermCount(termId, initialTermId) < 0)
        {
            return $"parameter 'term-id' is {termId}, which comes before 'init-term-id' {initialTermId}; "
                + "allowed is init-term-id or one of the 2147483647 ids after it";
        }

        return null;
    }

    private static string? CheckLengths(ChannelUri channel)
    {
        var termLength = channel.TermLengthBytes ?? TermArithmetic.TermLengthBytesMax;
        if (channel.TermOffset is { } termOffset && termOffset >= termLength)
        {
            return $"parameter 'term-offset' is {termOffset}; allowed is a multiple of 32 below the term length {termLength}";
        }

        if (channel.MtuLengthBytes is { } mtu && mtu > TermArithmetic.MessageLengthMax(termLength))
        {
            return $"parameter 'mtu' is {mtu}; allowed is at most the longest message, "
                + $"{TermArithmetic.MessageLengthMax(termLength)} for a term length of {termLength}";
        }

        if (channel.PublicationWindowBytes is { } window
            && (window > termLength / 2 || window < (channel.MtuLengthBytes ?? TermArithmetic.MtuLengthBytesMin)))
        {
            return $"parameter 'pub-wnd' is {window}; allowed is from the mtu to half the term length, {termLength / 2}";
        }

        return null;
    }
}
