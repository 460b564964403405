namespace HftDelta.Aeron.Frames;

/// <summary>The flags at byte 5. Their meaning depends on the frame's type, which each name begins with.</summary>
public static class FrameFlags
{
    public const byte None = 0;

    /// <summary>First fragment of a message.</summary>
    public const byte DataBegin = 0x80;

    /// <summary>Last fragment of a message.</summary>
    public const byte DataEnd = 0x40;

    /// <summary>A whole message in one frame; heartbeats and padding carry it too.</summary>
    public const byte DataUnfragmented = DataBegin | DataEnd;

    /// <summary>The stream ends at this heartbeat's position.</summary>
    public const byte DataEndOfStream = 0x20;

    /// <summary>The stream was taken back; what was not read yet is void.</summary>
    public const byte DataRevoked = 0x10;

    /// <summary>The sender wants a RSP_SETUP back.</summary>
    public const byte SetupSendResponse = 0x80;

    /// <summary>The sender serves a group.</summary>
    public const byte SetupGroup = 0x40;

    /// <summary>The receiver wants a SETUP; position and window of the SM are void.</summary>
    public const byte StatusSendSetup = 0x80;

    /// <summary>The receiver has seen the end of the stream or is leaving.</summary>
    public const byte StatusEndOfStream = 0x40;

    /// <summary>An answer is wanted: set on the request, clear on the answer.</summary>
    public const byte RoundTripReply = 0x80;

    /// <summary>The group tag of an ERR is valid.</summary>
    public const byte ErrorHasGroupTag = 0x08;
}
