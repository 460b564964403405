using System.Runtime.InteropServices;
using HftDelta.Wire;

namespace HftDelta.Gateway.Answers;

/// <summary>What ingress asks egress to do.</summary>
internal enum AnswerKind : byte
{
    None = 0,

    /// <summary>Send the frame that follows as it is.</summary>
    Frame,

    /// <summary>
    /// The connection has its session from now on: EstablishmentAccepted, then its reports. First: the request sequence that
    /// is expected next. Second: milliseconds of the keep-alive.
    /// </summary>
    Established,

    /// <summary>Say how a request ended that came twice. First: its sequence. Second: the one expected next.</summary>
    Outcome,

    /// <summary>Send reports again. First: from. Second: how many. Third: the request sequence expected next.</summary>
    Retransmit,

    /// <summary>Refuse to, with the range that could be had. Third: the request sequence expected next.</summary>
    RetransmitRejected,

    /// <summary>Send Terminate with the code, then end the connection.</summary>
    Terminate,

    /// <summary>End the connection without a word.</summary>
    Close,
}

/// <summary>To whom: a connection over the network by its number, one within the process by its session.</summary>
/// <param name="Connection">Never given twice; 0: within the process.</param>
/// <param name="Slot">Where egress keeps it.</param>
/// <param name="Session">Its session; 0 before it has one.</param>
internal readonly record struct AnswerAddress(uint Connection, int Slot, uint Session)
{
    public static AnswerAddress InProcess(uint session) => new(0, -1, session);
}

/// <summary>
/// The head of an answer on its way from ingress to egress. Never leaves the process; 64 bytes, so that head and the longest
/// answer take two slots of a ring.
/// </summary>
[StructLayout(LayoutKind.Explicit, Size = LengthBytes)]
internal struct Answer
{
    public const int LengthBytes = 64;

    [FieldOffset(0)] public AnswerKind Kind;
    [FieldOffset(2)] public SessionRejectCode Code;
    [FieldOffset(4)] public uint Session;
    [FieldOffset(8)] public uint Connection;
    [FieldOffset(12)] public int Slot;

    /// <summary>The command that must be safe, and everything that came of it released, before this goes; 0: none.</summary>
    [FieldOffset(16)] public long After;
    [FieldOffset(24)] public ulong TimeNanos;
    [FieldOffset(32)] public ulong First;
    [FieldOffset(40)] public ulong Second;
    [FieldOffset(48)] public ulong Third;

    public Answer(AnswerKind kind, in AnswerAddress to, ulong timeNanos, long after = 0)
    {
        Kind = kind;
        Connection = to.Connection;
        Slot = to.Slot;
        Session = to.Session;
        TimeNanos = timeNanos;
        After = after;
    }
}
