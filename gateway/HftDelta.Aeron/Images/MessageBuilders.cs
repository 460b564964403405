namespace HftDelta.Aeron.Images;

/// <summary>
/// A builder for each image that sent a fragmented message; those of closed images go when a new one comes. The last one used
/// is found without a search. Owner: the polling thread.
/// </summary>
internal sealed class MessageBuilders
{
    private readonly List<MessageBuilder> _builders = [];
    private MessageBuilder? _last;

    public bool Append(ReadOnlySpan<byte> payload, in FragmentHeader header, out MessageBuilder builder)
    {
        builder = ReferenceEquals(_last?.Image, header.Image) ? _last! : Of(header.Image);
        _last = builder;
        return builder.Append(payload, header);
    }

    private MessageBuilder Of(Image image)
    {
        foreach (var builder in _builders)
        {
            if (ReferenceEquals(builder.Image, image))
            {
                return builder;
            }
        }

        _builders.RemoveAll(static builder => builder.Image.IsClosed);
        var added = new MessageBuilder(image);
        _builders.Add(added);
        return added;
    }
}
