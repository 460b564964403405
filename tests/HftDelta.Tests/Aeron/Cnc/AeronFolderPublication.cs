using HftDelta.Aeron.Cnc;
using HftDelta.Aeron.Driver;
using HftDelta.Runtime.Counters;

namespace HftDelta.Tests.Aeron.Cnc;

/// <summary>Shows a directory without a driver to readers.</summary>
internal static class AeronFolderPublication
{
    public static void Publish(AeronDirectory directory) =>
        directory.Publish(
            new SenderCounters(Counter.Detached),
            new ReceiverCounters(Counter.Detached),
            new ConductorCounters(Counter.Detached),
            () => 0);
}
