using HftDelta.Engine.State;

namespace HftDelta.Engine.Markets;

/// <summary>
/// Rules and market of every instrument by its id; zero where there are none. Owner: the engine agent. Apart from the
/// instruments' records, which every order reads.
/// </summary>
internal sealed class MarketTable(EngineLimits limits) : IDisposable
{
    public HashedSlab<RulesRecord, RulesEncoding> Rules { get; } = new(limits.Instruments + 1);

    public HashedSlab<MarketRecord, MarketEncoding> Records { get; } = new(limits.Instruments + 1);

    public void Dispose()
    {
        Rules.Dispose();
        Records.Dispose();
    }
}
