using System.Text;
using HftDelta.Runtime.Memory;
using HftDelta.Runtime.Storage;

namespace HftDelta.Aeron.Cnc;

/// <summary>Reads a loss report from another process; lengths are checked before they are followed.</summary>
internal static unsafe class LossReportReader
{
    public static IReadOnlyList<CncLoss> Read(string path)
    {
        try
        {
            using var file = MappedFile.Open(path, writable: false);
            List<CncLoss> losses = [];
            var offset = 0L;
            while (TryRead(file.Pointer + offset, file.LengthBytes - offset, out var loss, out var lengthBytes))
            {
                losses.Add(loss);
                offset = Math.Min(offset + lengthBytes, file.LengthBytes);
            }

            return losses;
        }
        catch (StorageException refusal) when (refusal.Fault is StorageFault.NotFound or StorageFault.Empty)
        {
            return [];
        }
    }

    private static bool TryRead(byte* entry, long roomBytes, out CncLoss loss, out int lengthBytes)
    {
        loss = null!;
        lengthBytes = 0;
        if (roomBytes < LossReport.AlignmentBytes)
        {
            return false;
        }

        // acquire: an entry that was observed is whole.
        var observations = Volatile.Read(ref *(long*)(entry + LossReport.ObservationsOffset));
        if (observations <= 0
            || !TryReadText(entry, LossReport.ChannelOffset, roomBytes, out var channel, out var end)
            || !TryReadText(entry, LossReport.Align(end, sizeof(int)), roomBytes, out var source, out end))
        {
            return false;
        }

        loss = new CncLoss(
            observations,
            *(long*)(entry + LossReport.BytesLostOffset),
            CncReader.FromMillis(*(long*)(entry + LossReport.FirstTimeOffset)),
            CncReader.FromMillis(*(long*)(entry + LossReport.LastTimeOffset)),
            *(int*)(entry + LossReport.SessionIdOffset),
            *(int*)(entry + LossReport.StreamIdOffset),
            channel,
            source);
        lengthBytes = LossReport.Align(end, LossReport.AlignmentBytes);
        return true;
    }

    private static bool TryReadText(byte* entry, int offset, long roomBytes, out string text, out int end)
    {
        text = "";
        end = offset + sizeof(int);
        if (end > roomBytes)
        {
            return false;
        }

        var length = *(int*)(entry + offset);
        if (length < 0 || length > roomBytes - end)
        {
            return false;
        }

        text = Encoding.ASCII.GetString(entry + end, length);
        end += length;
        return true;
    }
}
