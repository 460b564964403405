using HftDelta.Aeron;
using HftDelta.Runtime.Time;
using static HftDelta.Node.Doctor.MachineCheck;

namespace HftDelta.Node.Doctor;

/// <summary>What the kernel gives the transport: room in sockets, and many datagrams by one call.</summary>
internal static class NetworkChecks
{
    private const string ReceiveMax = "proc/sys/net/core/rmem_max";
    private const string SendMax = "proc/sys/net/core/wmem_max";
    private const string SendDefault = "proc/sys/net/core/wmem_default";

    private static readonly AeronOptions Asked = new() { Clock = new SystemNanoClock() };

    public static IReadOnlyList<MachineCheck> All { get; } =
    [
        new("udp-receive-buffer", "a burst that does not fit is lost and sent again a round trip later", ReceiveBuffer),
        new("udp-send-buffer", "a sender whose socket is full waits for its next turn", SendBuffer),
        new("udp-segmentation", "without GSO each datagram passes the network stack by itself", Segmentation),
        new("udp-coalescing", "GRO joins datagrams as they come; the driver leaves it off unless it is told", Coalescing),
    ];

    private static (FindingStatus Status, string Seen, string? Mend) ReceiveBuffer(Machine machine)
    {
        if (!machine.TryReadNumber(ReceiveMax, out var limit, out var reason))
        {
            return Unknown(reason);
        }

        var wanted = Asked.SocketReceiveBufferLengthBytes;
        var least = Asked.InitialWindowLengthBytes;
        var seen = $"net.core.rmem_max {ByteText.Of(limit)}, the driver asks for {ByteText.Of(wanted)}";
        var mend = $"sudo sysctl -w net.core.rmem_max={wanted}";
        return limit >= wanted ? Ok(seen)
            : limit >= least ? Warn(seen, mend)
            : Fail($"{seen}; it refuses to listen unless its window of {ByteText.Of(least)} fits", mend);
    }

    // The driver asks for none, so that what everybody gets counts; a channel may ask with so-sndbuf up to the maximum.
    private static (FindingStatus Status, string Seen, string? Mend) SendBuffer(Machine machine)
    {
        if (!machine.TryReadNumber(SendDefault, out var given, out var reason)
            || !machine.TryReadNumber(SendMax, out var limit, out reason))
        {
            return Unknown(reason);
        }

        var wanted = Asked.InitialWindowLengthBytes;
        var seen = $"net.core.wmem_default {ByteText.Of(given)}, wmem_max {ByteText.Of(limit)}; the driver takes the default";
        return given >= wanted ? Ok(seen) : Warn(
            $"{seen}, and a window of {ByteText.Of(wanted)} does not fit",
            $"sudo sysctl -w net.core.wmem_default={wanted} net.core.wmem_max={Math.Max(wanted, limit)}");
    }

    private static (FindingStatus Status, string Seen, string? Mend) Segmentation(Machine machine) =>
        machine.TrySegmentation() is { } refusal
            ? Warn($"the kernel refuses it: {refusal}", "a kernel from 4.18 on; nothing is lost without but speed")
            : Ok("the kernel offers it");

    private static (FindingStatus Status, string Seen, string? Mend) Coalescing(Machine machine) =>
        machine.TryCoalescing() is { } refusal
            ? Ok($"the kernel refuses it: {refusal}; the driver does without")
            : Ok("the kernel offers it");
}
