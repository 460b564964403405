namespace HftDelta.Aeron.Frames;

/// <summary>What a frame is: the 16-bit type at byte 6 of every frame.</summary>
public enum FrameType : ushort
{
    /// <summary>The unusable tail of a term; sender to receiver.</summary>
    Pad = 0x00,

    /// <summary>A message, a fragment of one, or a heartbeat; sender to receiver.</summary>
    Data = 0x01,

    /// <summary>NAK, a gap that is asked for again; receiver to sender.</summary>
    NegativeAcknowledgement = 0x02,

    /// <summary>SM, what was consumed and how much more is welcome; receiver to sender.</summary>
    StatusMessage = 0x03,

    /// <summary>ERR, the image is refused; receiver to sender.</summary>
    Error = 0x04,

    /// <summary>The parameters of a stream; sender to receiver.</summary>
    Setup = 0x05,

    /// <summary>RTTM, a round trip measured; both ways.</summary>
    RoundTripMeasurement = 0x06,

    /// <summary>RES, driver name resolution; not used here.</summary>
    NameResolution = 0x07,

    /// <summary>RSP_SETUP, names the session that answers; receiver to sender.</summary>
    ResponseSetup = 0x0B,

    /// <summary>Reserved.</summary>
    Extension = 0xFFFF,
}
