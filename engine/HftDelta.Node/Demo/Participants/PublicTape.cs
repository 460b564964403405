using HftDelta.Node.Demo.Markets;
using HftDelta.Primitives.Units;
using HftDelta.Wire;

namespace HftDelta.Node.Demo.Participants;

/// <summary>
/// What everybody sees: oracle prices, instruments, trades, settlement ticks. The participants price from it, and it audits the
/// venue from outside: every delta index is computed again from the published moves and deltas. Owner: one thread.
/// </summary>
internal class PublicTape(DemoMarket market) : IMarketView
{
    private readonly long[] _prices = new long[market.Underlyings.Count + 1];
    private readonly InstrumentState[] _states = new InstrumentState[market.Instruments.Count + 1];
    private readonly Int128[] _indices = new Int128[market.Instruments.Count + 1];
    private ulong _nextSequence;

    public long Trades { get; private set; }

    public long VolumeLots { get; private set; }

    public long OraclePrices { get; private set; }

    public long BookTops { get; private set; }

    /// <summary>Settlement ticks because a price moved far enough.</summary>
    public long ThresholdTicks { get; private set; }

    /// <summary>Settlement ticks because time passed.</summary>
    public long IntervalTicks { get; private set; }

    public long SettlementTicks => ThresholdTicks + IntervalTicks;

    /// <summary>Instruments whose last tick, the payoff, was published.</summary>
    public int Expiries { get; private set; }

    /// <summary>Published indices that do not follow from the published moves.</summary>
    public long IndexDifferences { get; private set; }

    /// <summary>Messages of the stream that are missing.</summary>
    public long Gaps { get; private set; }

    public PriceTicks PriceOf(UnderlyingId underlying) => new(_prices[underlying.Value]);

    public bool IsOpen(InstrumentId instrument) => _states[instrument.Value] == InstrumentState.Open;

    /// <summary>D of an instrument in sub-atoms per lot, as it follows from what was published.</summary>
    public SubAtoms IndexOf(InstrumentId instrument) => new(_indices[instrument.Value]);

    /// <summary>The next message of the public stream.</summary>
    public void Take(ReadOnlySpan<byte> frame)
    {
        HftDeltaSchema.TryPeekHeader(frame, out var header);
        Take((ushort)header.TemplateId, frame);
    }

    private void Take(ushort templateId, ReadOnlySpan<byte> frame)
    {
        Follow(StreamHeaderDecoder.Wrap(frame[HftDeltaSchema.HeaderLength..]).Sequence);
        switch (templateId)
        {
            case TradeDecoder.TemplateId:
                Trades++;
                VolumeLots += TradeDecoder.Trusted(frame).Quantity;
                break;
            case BookTopDecoder.TemplateId:
                BookTops++;
                break;
            case OraclePriceDecoder.TemplateId:
                var price = OraclePriceDecoder.Trusted(frame);
                OraclePrices++;
                _prices[price.UnderlyingId] = price.Price;
                break;
            case InstrumentDefinitionDecoder.TemplateId:
                TakeDefinition(InstrumentDefinitionDecoder.Trusted(frame));
                break;
            case DeltaSettlementDecoder.TemplateId:
                TakeSettlement(DeltaSettlementDecoder.Trusted(frame));
                break;
            default:
                break;
        }
    }

    private void Follow(ulong sequence)
    {
        Gaps += _nextSequence != 0 && sequence != _nextSequence ? 1 : 0;
        _nextSequence = sequence + 1;
    }

    private void TakeDefinition(in InstrumentDefinitionDecoder definition)
    {
        var id = definition.InstrumentId;
        if (_states[id] == default)
        {
            _indices[id] = definition.DeltaIndex.ToInt128();
        }
        else
        {
            IndexDifferences += _indices[id] == definition.DeltaIndex.ToInt128() ? 0 : 1;
        }

        _states[id] = definition.State;
    }

    private void TakeSettlement(in DeltaSettlementDecoder settlement)
    {
        if (settlement.Last != 0)
        {
            ThresholdTicks += settlement.Trigger == SettlementTrigger.Threshold ? 1 : 0;
            IntervalTicks += settlement.Trigger == SettlementTrigger.Interval ? 1 : 0;
        }

        foreach (var entry in settlement.Instruments)
        {
            var instrument = market.Instruments[(int)entry.InstrumentId - 1];
            if (settlement.Trigger == SettlementTrigger.Expiry)
            {
                Expiries++;
                _indices[entry.InstrumentId] = PayoffOf(instrument, settlement.Price);
            }
            else
            {
                _indices[entry.InstrumentId] += (Int128)entry.Delta * (settlement.Price - entry.PreviousPrice)
                    * instrument.Underlying.AtomsPerTick;
            }

            IndexDifferences += _indices[entry.InstrumentId] == entry.DeltaIndex.ToInt128() ? 0 : 1;
        }
    }

    private static Int128 PayoffOf(DemoInstrument instrument, long price)
    {
        var ticks = instrument.Kind switch
        {
            DemoKind.Call => Math.Max(0, price - instrument.Strike.Value),
            DemoKind.Put => Math.Max(0, instrument.Strike.Value - price),
            _ => price,
        };
        return ((Int128)ticks * instrument.Underlying.AtomsPerTick) << Scale.SubAtomBits;
    }
}
