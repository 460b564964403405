using HftDelta.Gateway.Rings;
using HftDelta.Wire.Internal;

namespace HftDelta.Node.Control;

/// <summary>
/// Why the venue took or refused the volatilities of an expiry: told right before the answer to the command. Owner: the
/// operator's thread.
/// </summary>
internal sealed class SurfaceBoard
{
    private readonly Dictionary<long, (SurfaceFault Fault, ulong Other)> _told = [];

    public void Hear(scoped in RingRecord record)
    {
        InternalSchema.TryPeekHeader(record.Frame, out var header);
        if (header.TemplateId == VolatilitySliceChangedDecoder.TemplateId)
        {
            var changed = VolatilitySliceChangedDecoder.Trusted(record.Frame);
            if (changed.Code != 0)
            {
                _told[record.Envelope.Sequence] = (changed.Fault, changed.OtherExpiryTime);
            }
        }
    }

    /// <summary>What was said of a command that was refused; it is not kept.</summary>
    public string WordsOf(long command) =>
        !_told.Remove(command, out var told) || told.Fault == SurfaceFault.None ? ""
        : told.Other == 0 ? $"{told.Fault}" : $"{told.Fault} against the expiry at {told.Other}";
}
