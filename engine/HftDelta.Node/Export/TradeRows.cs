using HftDelta.Primitives.Units;
using HftDelta.Wire;

namespace HftDelta.Node.Export;

/// <summary>Trades, each once, and fills: one for each side of a trade, and for each leg of a strategy's. One thread.</summary>
internal sealed class TradeRows(ExportTable trades, ExportTable fills)
{
    private CommandSequence _sequence;
    private TimeNanos _time;

    public void Begin(CommandSequence sequence, TimeNanos time)
    {
        _sequence = sequence;
        _time = time;
    }

    public void Take(in TradeDecoder trade) => trades.Row(
        _sequence, _time, trade.TradeId, trade.InstrumentId, Words<Wire.Side>.Of(trade.AggressorSide), trade.Price,
        trade.Quantity, trade.DeltaIndex.ToInt128());

    /// <summary>A report to a session.</summary>
    public void Take(ushort template, ReadOnlySpan<byte> frame)
    {
        if (template == OrderFilledDecoder.TemplateId)
        {
            Take(OrderFilledDecoder.Trusted(frame));
        }
        else if (template == StrategyLegFilledDecoder.TemplateId)
        {
            Take(StrategyLegFilledDecoder.Trusted(frame));
        }
    }

    private void Take(in OrderFilledDecoder fill) => fills.Row(
        _sequence, _time, fill.TradeId, fill.AccountId, fill.InstrumentId, fill.OrderId, fill.ClientOrderId, 0L,
        Words<Wire.Side>.Of(fill.Side), Words<Liquidity>.Of(fill.Liquidity), fill.Price, fill.Quantity,
        fill.DeltaIndex.ToInt128(), fill.Fee.ToInt128(), fill.Cash);

    private void Take(in StrategyLegFilledDecoder fill) => fills.Row(
        _sequence, _time, fill.TradeId, fill.AccountId, fill.InstrumentId, fill.OrderId, fill.ClientOrderId, 1L,
        Words<Wire.Side>.Of(fill.Side), Words<Liquidity>.Of(fill.Liquidity), fill.Price, fill.Quantity,
        fill.DeltaIndex.ToInt128(), fill.Fee.ToInt128(), fill.Cash);
}
