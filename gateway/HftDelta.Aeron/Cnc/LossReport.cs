using System.Text;
using HftDelta.Aeron.Loss;
using HftDelta.Runtime.Memory;

namespace HftDelta.Aeron.Cnc;

/// <summary>
/// <c>loss-report.dat</c>: for each stream that lost something, how often, how much, and when first and last. Full is full:
/// further streams are not told. Owner: the receiver.
/// </summary>
internal sealed unsafe class LossReport(MappedFile file) : ILossSink
{
    public const string FileName = "loss-report.dat";
    public const int LengthBytes = 1024 * 1024;
    public const int ObservationsOffset = 0;
    public const int BytesLostOffset = 8;
    public const int FirstTimeOffset = 16;
    public const int LastTimeOffset = 24;
    public const int SessionIdOffset = 32;
    public const int StreamIdOffset = 36;
    public const int ChannelOffset = 40;
    public const int AlignmentBytes = 64;

    private readonly Dictionary<long, int> _entries = [];
    private int _end;

    public void OnLoss(in LossObservation loss)
    {
        var nowMillis = loss.NowNanos / 1_000_000;
        if (!_entries.TryGetValue(loss.ImageCorrelationId, out var offset))
        {
            Append(loss, nowMillis);
            return;
        }

        var entry = file.Pointer + offset;
        *(long*)(entry + BytesLostOffset) += loss.LostBytes;
        *(long*)(entry + LastTimeOffset) = nowMillis;
        Volatile.Write(ref *(long*)(entry + ObservationsOffset), *(long*)(entry + ObservationsOffset) + 1);
    }

    private void Append(in LossObservation loss, long nowMillis)
    {
        var source = loss.Source.ToString();
        var sourceOffset = Align(ChannelOffset + sizeof(int) + loss.Channel.Length, sizeof(int));
        var length = sourceOffset + sizeof(int) + source.Length;
        if (length > file.LengthBytes - _end)
        {
            return;
        }

        var entry = file.Pointer + _end;
        *(long*)(entry + BytesLostOffset) = loss.LostBytes;
        *(long*)(entry + FirstTimeOffset) = nowMillis;
        *(long*)(entry + LastTimeOffset) = nowMillis;
        *(int*)(entry + SessionIdOffset) = loss.SessionId;
        *(int*)(entry + StreamIdOffset) = loss.StreamId;
        WriteText(entry + ChannelOffset, loss.Channel);
        WriteText(entry + sourceOffset, source);

        // release: the count ends the entry for readers.
        Volatile.Write(ref *(long*)(entry + ObservationsOffset), 1);
        _entries.Add(loss.ImageCorrelationId, _end);
        _end = (int)Math.Min(Align(_end + length, AlignmentBytes), file.LengthBytes);
    }

    public static int Align(int value, int alignment) => (value + alignment - 1) / alignment * alignment;

    private static void WriteText(byte* at, string text) =>
        *(int*)at = Encoding.ASCII.GetBytes(text, new Span<byte>(at + sizeof(int), text.Length));
}
