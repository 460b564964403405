using System.Globalization;
using System.Reflection;
using Disruptor;

namespace HftDelta.Perf.Rings;

/// <summary>The other end of a <see cref="RingPeer"/> that is this program: answers each line of orders with one.</summary>
internal static class RingPeerLoop
{
    private const int Success = 0;

    /// <summary>The assembly that the rings of this build come from.</summary>
    public static string Rings
    {
        get
        {
            var rings = typeof(Sequence).Assembly;
            var version = rings.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "";
            return $"{rings.GetName().Name} {version.Split('+')[0]}";
        }
    }

    public static int Run(TextReader orders, TextWriter answers)
    {
        var threads = new TwoThreads();
        answers.WriteLine($"READY {Rings}");
        while (orders.ReadLine()?.Split(' ') is { } order)
        {
            var nanos = order[0] switch
            {
                "trips" => PingPong.Nanos(threads, Number(order[1])),
                "rate" => Rate(threads, RingShape.Named(order[1]), Number(order[2]), Number(order[3]), RingWait.Named(order[4])),
                _ => throw new InvalidOperationException($"no order {order[0]}"),
            };
            answers.WriteLine(string.Create(CultureInfo.InvariantCulture, $"NANOS {nanos}"));
        }

        return Success;
    }

    private static double Rate(TwoThreads threads, RingShape shape, int batch, int count, RingWait way)
    {
        using var ring = new MeasuredRing(shape, RingSuite.RingSize, Message.PackedBytes);
        return ring.Nanos(threads, batch, count, way);
    }

    private static int Number(string word) => int.Parse(word, CultureInfo.InvariantCulture);
}
