using HftDelta.Runtime.Counters;

namespace HftDelta.Aeron.Driver;

/// <summary>Counters of the conductor, which alone writes them.</summary>
internal sealed class ConductorCounters
{
    public ConductorCounters(AeronCounterAllocation allocate)
    {
        Publications = allocate("hftdelta_aeron_publications", "", CounterUnit.Count);
        Images = allocate("hftdelta_aeron_images", "", CounterUnit.Count);
        BackPressure = allocate("hftdelta_aeron_back_pressure_total", "", CounterUnit.Count);
        Revoked = allocate("hftdelta_aeron_publications_revoked_total", "", CounterUnit.Count);
        Unblocked = allocate("hftdelta_aeron_publications_unblocked_total", "", CounterUnit.Count);
        ImagesRefused = allocate("hftdelta_aeron_images_refused_total", "", CounterUnit.Count);
    }

    public Counter Publications { get; }

    public Counter Images { get; }

    /// <summary>Offers and claims that were refused because receivers are behind.</summary>
    public Counter BackPressure { get; }

    public Counter Revoked { get; }

    /// <summary>How often a claim that was never committed was cleared away.</summary>
    public Counter Unblocked { get; }

    /// <summary>Images that did not come about: no memory, no disk, or datagrams longer than the window.</summary>
    public Counter ImagesRefused { get; }
}
