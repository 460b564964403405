namespace HftDelta.Aeron.Frames;

/// <summary>Why a datagram is dropped and counted. Whatever arrives gets one of these; nothing is ever thrown for it.</summary>
public enum FrameFault
{
    /// <summary>The datagram holds what it says.</summary>
    None = 0,

    /// <summary>Shorter than the header of its type.</summary>
    TooShort,

    /// <summary>The version is not 0.</summary>
    UnknownVersion,

    /// <summary>A type that is unknown or has no business here.</summary>
    UnexpectedType,

    /// <summary>The frame's own length does not fit its type or its datagram.</summary>
    WrongLength,

    /// <summary>Length or offset is not a multiple of 32.</summary>
    NotAligned,

    /// <summary>The offset lies outside the term, or the frame runs past its end.</summary>
    OutsideTerm,

    /// <summary>Frames of one datagram do not follow each other in one term of one stream.</summary>
    NotContiguous,

    /// <summary>Something follows a padding frame.</summary>
    PaddingNotLast,

    /// <summary>The term length is no power of two from 64 KiB to 1 GiB.</summary>
    TermLengthRefused,

    /// <summary>The MTU is no multiple of 32 from 64 to 65,504.</summary>
    MtuRefused,

    /// <summary>The receiver window is negative or more than half a term.</summary>
    WindowRefused,

    /// <summary>The text of an ERR does not fit or is too long.</summary>
    TextRefused,
}
