using HftDelta.Primitives.Units;
using HftDelta.Wire;
using Side = HftDelta.Primitives.Units.Side;

namespace HftDelta.Client.MarketData;

/// <summary>
/// Decodes public data. The stream is numbered without gaps; what is missing is told and not asked for, because what follows is
/// newer. Owner: the client's thread.
/// </summary>
internal sealed class MarketDataReader(VenueListener listener)
{
    /// <summary>More do not fit a datagram.</summary>
    private const int LegsMax = 256;

    private readonly StrategyLeg[] _legs = new StrategyLeg[LegsMax];
    private ulong _next;

    public long Messages { get; private set; }

    /// <summary>Bytes that are no message of the schema.</summary>
    public long Malformed { get; private set; }

    /// <summary>Another connection: the stream goes on somewhere.</summary>
    public void OnReconnected() => _next = 0;

    public void OnFrame(ReadOnlySpan<byte> frame)
    {
        if (HftDeltaSchema.Validate(frame, out var templateId) != ValidationCode.Valid || !IsPublic(templateId))
        {
            Malformed++;
            return;
        }

        Messages++;
        var header = StreamHeaderDecoder.Wrap(frame[HftDeltaSchema.HeaderLength..]);
        Follow(header.Sequence);
        var time = new TimeNanos(header.Time);
        switch (templateId)
        {
            case TradeDecoder.TemplateId:
                TellTrade(time, TradeDecoder.Trusted(frame));
                break;
            case BookTopDecoder.TemplateId:
                TellTop(time, BookTopDecoder.Trusted(frame));
                break;
            case OraclePriceDecoder.TemplateId:
                TellPrice(time, OraclePriceDecoder.Trusted(frame));
                break;
            case OracleStatusDecoder.TemplateId:
                TellStatus(time, OracleStatusDecoder.Trusted(frame));
                break;
            case SettlementWindowDecoder.TemplateId:
                TellWindow(time, SettlementWindowDecoder.Trusted(frame));
                break;
            case ForwardPointDecoder.TemplateId:
                TellForward(time, ForwardPointDecoder.Trusted(frame));
                break;
            case DeltaSettlementDecoder.TemplateId:
                TellSettlement(time, DeltaSettlementDecoder.Trusted(frame));
                break;
            case FundingSettlementDecoder.TemplateId:
                TellFunding(time, FundingSettlementDecoder.Trusted(frame));
                break;
            case InstrumentDefinitionDecoder.TemplateId:
                TellInstrument(time, InstrumentDefinitionDecoder.Trusted(frame));
                break;
            case StrategyDefinitionDecoder.TemplateId:
                TellStrategy(time, StrategyDefinitionDecoder.Trusted(frame));
                break;
            case InstrumentStatusDecoder.TemplateId:
                TellState(time, InstrumentStatusDecoder.Trusted(frame));
                break;
            case AuctionIndicationDecoder.TemplateId:
                TellAuction(time, AuctionIndicationDecoder.Trusted(frame));
                break;
            default:
                break;
        }
    }

    private static bool IsPublic(ushort templateId) => templateId is (>= 400 and < 500) or FundingSettlementDecoder.TemplateId or
        OracleStatusDecoder.TemplateId or SettlementWindowDecoder.TemplateId or ForwardPointDecoder.TemplateId;

    private void Follow(ulong sequence)
    {
        if (_next != 0 && sequence > _next)
        {
            listener.OnMarketDataGap((long)(sequence - _next));
        }

        _next = sequence + 1;
    }

    private void TellTrade(TimeNanos time, in TradeDecoder message)
    {
        var trade = new PublicTrade
        {
            Time = time,
            Instrument = new InstrumentId(message.InstrumentId),
            TradeId = message.TradeId,
            Aggressor = (Side)message.AggressorSide,
            Price = new PriceTicks(message.Price),
            Quantity = new QuantityLots(message.Quantity),
            DeltaIndex = IndexOf(message.DeltaIndex),
        };
        listener.OnTrade(in trade);
    }

    private void TellTop(TimeNanos time, in BookTopDecoder message)
    {
        var top = new TopOfBook
        {
            Time = time,
            Instrument = new InstrumentId(message.InstrumentId),
            Bid = new PriceTicks(message.HasBidPrice ? message.BidPrice : 0),
            BidQuantity = new QuantityLots(message.HasBidPrice ? message.BidQuantity : 0),
            Ask = new PriceTicks(message.HasAskPrice ? message.AskPrice : 0),
            AskQuantity = new QuantityLots(message.HasAskPrice ? message.AskQuantity : 0),
        };
        listener.OnTopOfBook(in top);
    }

    private void TellPrice(TimeNanos time, in OraclePriceDecoder message)
    {
        var change = new OraclePriceChange
        {
            Time = time,
            Underlying = new UnderlyingId(message.UnderlyingId),
            Price = new PriceTicks(message.Price),
            Sources = (int)message.Sources,
        };
        listener.OnOraclePrice(in change);
    }

    private void TellStatus(TimeNanos time, in OracleStatusDecoder message)
    {
        var change = new StalenessChange
        {
            Time = time,
            Underlying = new UnderlyingId(message.UnderlyingId),
            Class = message.StalenessClass,
            Previous = message.PreviousClass,
            Price = new PriceTicks(message.Price),
            PriceTime = new TimeNanos(message.PriceTime),
            BufferPpm = message.BufferPpm,
            Sources = (int)message.FreshSources,
        };
        listener.OnStaleness(in change);
    }

    private void TellWindow(TimeNanos time, in SettlementWindowDecoder message)
    {
        var window = new WindowChange
        {
            Time = time,
            Underlying = new UnderlyingId(message.UnderlyingId),
            Phase = message.Phase,
            StartTime = new TimeNanos(message.StartTime),
            ExpiryTime = new TimeNanos(message.ExpiryTime),
            Price = new PriceTicks(message.Price),
        };
        listener.OnSettlementWindow(in window);
    }

    private void TellForward(TimeNanos time, in ForwardPointDecoder message)
    {
        var change = new ForwardChange
        {
            Time = time,
            Underlying = new UnderlyingId(message.UnderlyingId),
            ExpiryTime = new TimeNanos(message.ExpiryTime),
            Basis = new PriceTicks(message.Basis),
        };
        listener.OnForward(in change);
    }

    private void TellSettlement(TimeNanos time, in DeltaSettlementDecoder message)
    {
        var entries = message.Instruments;
        for (var index = 0; index < entries.Count; index++)
        {
            var entry = entries[index];
            var move = new DeltaMove
            {
                Time = time,
                Underlying = new UnderlyingId(message.UnderlyingId),
                Instrument = new InstrumentId(entry.InstrumentId),
                Trigger = message.Trigger,
                PreviousPrice = new PriceTicks(entry.PreviousPrice),
                Price = new PriceTicks(message.Price),
                SettlementPrice = new PriceTicks(entry.HasSettlementPrice ? entry.SettlementPrice : message.Price),
                Delta = new DeltaUnits(entry.Delta),
                DeltaIndex = IndexOf(entry.DeltaIndex),
                Amount = entry.HasAmount ? IndexOf(entry.Amount) : default,
                IsLast = message.Last != 0 && index == entries.Count - 1,
            };
            listener.OnDeltaMove(in move);
        }
    }

    private void TellFunding(TimeNanos time, in FundingSettlementDecoder message)
    {
        foreach (var entry in message.Instruments)
        {
            var move = new FundingMove
            {
                Time = time,
                Underlying = new UnderlyingId(message.UnderlyingId),
                Instrument = new InstrumentId(entry.InstrumentId),
                FundingIndex = IndexOf(entry.FundingIndex),
                Amount = IndexOf(entry.Amount),
            };
            listener.OnFundingMove(in move);
        }
    }

    private void TellInstrument(TimeNanos time, in InstrumentDefinitionDecoder message)
    {
        var facts = new InstrumentFacts
        {
            Time = time,
            Instrument = new InstrumentId(message.InstrumentId),
            Underlying = new UnderlyingId(message.UnderlyingId),
            Kind = message.Kind,
            OptionKind = message.OptionKind,
            State = message.State,
            Strike = new PriceTicks(message.Strike),
            ExpiryTime = new TimeNanos(message.ExpiryTime),
            AtomsPerTick = new Atoms(message.AtomsPerTick),
            AtomsPerUnderlyingTick = new Atoms(message.AtomsPerUnderlyingTick),
            DeltaIndex = IndexOf(message.DeltaIndex),
            SettlementPrice = new PriceTicks(message.SettlementPrice),
            Symbol = message.Symbol,
            FundingIndex = message.HasFundingIndex ? IndexOf(message.FundingIndex) : default,
            FundingPeriodNanos = message.HasFundingPeriodNanos ? message.FundingPeriodNanos : 0,
            TrueUpEvery = message.HasTrueUpEvery ? message.TrueUpEvery : 0,
            PowerDegree = message.HasPowerDegree ? message.PowerDegree : default,
            PowerScale = message.HasPowerScale ? message.PowerScale : 0,
            PowerScaleBits = message.HasPowerScaleBits ? message.PowerScaleBits : 0,
            IsPhysical = message.HasIsPhysical && message.IsPhysical != 0,
        };
        listener.OnInstrument(in facts);
    }

    private void TellStrategy(TimeNanos time, in StrategyDefinitionDecoder message)
    {
        var count = 0;
        foreach (var leg in message.Legs)
        {
            if (count < LegsMax)
            {
                _legs[count++] = new StrategyLeg(new InstrumentId(leg.InstrumentId), leg.Ratio);
            }
        }

        var facts = new StrategyFacts
        {
            Time = time,
            Instrument = new InstrumentId(message.InstrumentId),
            Legs = _legs.AsSpan(0, count),
        };
        listener.OnStrategy(in facts);
    }

    private void TellState(TimeNanos time, in InstrumentStatusDecoder message)
    {
        var change = new MarketStateChange
        {
            Time = time,
            Instrument = new InstrumentId(message.InstrumentId),
            State = message.State,
            EndTime = new TimeNanos(message.EndTime),
        };
        listener.OnMarketState(in change);
    }

    private void TellAuction(TimeNanos time, in AuctionIndicationDecoder message)
    {
        var indication = new AuctionIndication
        {
            Time = time,
            Instrument = new InstrumentId(message.InstrumentId),
            State = message.State,
            HasPrice = message.HasPrice,
            Price = new PriceTicks(message.HasPrice ? message.Price : 0),
            Volume = new QuantityLots(message.Volume),
            ImbalanceSide = (Side)message.ImbalanceSide,
            Imbalance = new QuantityLots(message.Imbalance),
            EndTime = new TimeNanos(message.EndTime),
        };
        listener.OnAuction(in indication);
    }

    private static SubAtoms IndexOf(in Int128Decoder index) => new(index.ToInt128());
}
