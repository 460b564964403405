using System.Diagnostics;
using HftDelta.Engine;
using HftDelta.Gateway.Connections;
using HftDelta.Node.Cli;
using HftDelta.Node.Config;
using HftDelta.Primitives.Records;
using HftDelta.Primitives.Units;
using HftDelta.Wire;
using HftDelta.Wire.Internal;

namespace HftDelta.Node.Development;

/// <summary>What the operator asked for in its last step.</summary>
internal enum OperatorNews
{
    None,

    /// <summary>Every instrument of the market has been sent for listing.</summary>
    Listed,
}

/// <summary>
/// Operates a venue: opens the accounts of its market and pays into them, lists underlyings, lists instruments as soon as the
/// oracle has a price for each underlying, and closes epochs. What the recovered state has already is left alone, so a restart
/// goes on where it was. Owner: the thread that owns the venue.
/// </summary>
internal sealed class VenueOperator
{
    private const ulong FirstDepositId = 1;
    private const int RefusedError = 2403;

    private static readonly TimeSpan SendDeadline = TimeSpan.FromSeconds(10);

    private readonly byte[] _buffer = new byte[RecordEnvelope.FrameLengthMaxBytes];
    private readonly InProcessConnection _connection;
    private readonly MarketSettings? _market;
    private readonly string _marketPath;
    private readonly uint _listedBefore;
    private readonly List<Func<int>> _missing = [];
    private ulong _epoch;

    /// <param name="venue">Opened, not started.</param>
    /// <param name="market">What it lists; null: nothing.</param>
    /// <param name="marketPath">Where the listed market is kept, with every expiry as a moment.</param>
    public VenueOperator(Venue venue, MarketSettings? market, string marketPath)
    {
        _connection = venue.Operator;
        _marketPath = marketPath;
        _market = market is not null && File.Exists(marketPath) ? MarketSettings.Read(marketPath) : market;
        Public = new PublicCounts(
            venue.Connect(SessionHandle.None, ConnectionInterests.MarketData), _market?.Underlyings.Count ?? 0);

        // The venue is not started: nobody applies.
        var view = venue.Processor.View;
        _epoch = view.Epoch;
        _listedBefore = view.InstrumentCount;
        IsListed = _market is null || _listedBefore >= _market.Instruments.Count;
        FindWhatIsMissing(view);
    }

    public PublicCounts Public { get; }

    /// <summary>Nothing is left to list.</summary>
    public bool IsListed { get; private set; }

    public int Instruments => _market?.Instruments.Count ?? 0;

    /// <summary>The last epoch that was asked to be closed, or was closed before.</summary>
    public ulong Epoch => _epoch;

    /// <summary>Opens what is not there yet; once, when the venue runs.</summary>
    public void Begin()
    {
        foreach (var encode in _missing)
        {
            Send(encode());
        }
    }

    /// <summary>Reads what the venue says and lists the instruments when that has become possible.</summary>
    /// <exception cref="OperatorException">The venue refused a command.</exception>
    public OperatorNews Step(TimeNanos now)
    {
        Public.Read();
        ReadAnswers();
        if (IsListed || !_market!.Underlyings.All(underlying => Public.PriceOf(underlying.UnderlyingId).Value > 0))
        {
            return OperatorNews.None;
        }

        ListInstruments(now);
        IsListed = true;
        return OperatorNews.Listed;
    }

    public void CloseEpoch() => Send(OperatorFrames.CloseEpoch(_buffer, ++_epoch));

    private void FindWhatIsMissing(in VenueView view)
    {
        foreach (var account in _market?.Accounts ?? [])
        {
            var id = new AccountId(account.AccountId);
            if (!view.IsOpen(id))
            {
                _missing.Add(() => OperatorFrames.OpenAccount(_buffer, id));
            }

            // Sent again after a restart: if the account was opened and not yet paid into, this is where it is made good,
            // otherwise the number of the deposit refuses it.
            if (account.DepositAtoms > 0)
            {
                var amount = new Atoms(account.DepositAtoms);
                _missing.Add(() => OperatorFrames.Deposit(_buffer, id, amount, FirstDepositId));
            }
        }

        foreach (var underlying in _market?.Underlyings ?? [])
        {
            if (underlying.UnderlyingId > view.UnderlyingCount)
            {
                _missing.Add(() => OperatorFrames.List(_buffer, underlying));
            }
            else
            {
                Public.Know(underlying.UnderlyingId, view.OraclePrice(new UnderlyingId(underlying.UnderlyingId)));
            }
        }

        // Said again after a restart: the venue may have stopped between a listing and its rules.
        foreach (var listed in _market?.Instruments.Where(listed => listed.InstrumentId <= _listedBefore) ?? [])
        {
            if (listed.Rules is { } rules)
            {
                _missing.Add(() => OperatorFrames.Rules(_buffer, new InstrumentId(listed.InstrumentId), rules));
            }
        }
    }

    private void ListInstruments(TimeNanos now)
    {
        var market = _market!;
        if (_listedBefore == 0)
        {
            // The terms are on disk before the first instrument is in the journal: a restart in between finds them.
            market = market.ListedAt(now.Value);
            market.Write(_marketPath);
        }

        foreach (var instrument in market.Instruments.Where(instrument => instrument.InstrumentId > _listedBefore))
        {
            var underlying = market.Underlyings[(int)instrument.UnderlyingId - 1];
            Send(OperatorFrames.List(_buffer, instrument, underlying, Public.PriceOf(underlying.UnderlyingId)));
            if (instrument.Rules is { } rules)
            {
                Send(OperatorFrames.Rules(_buffer, new InstrumentId(instrument.InstrumentId), rules));
            }
        }
    }

    private void ReadAnswers()
    {
        while (_connection.TryPeek(out var record))
        {
            InternalSchema.TryPeekHeader(record.Frame, out var header);
            if (header.TemplateId == CommandRefusedDecoder.TemplateId)
            {
                Judge(CommandRefusedDecoder.Trusted(record.Frame));
            }

            _connection.Advance();
        }

        _connection.Release();
    }

    private static void Judge(in CommandRefusedDecoder refused)
    {
        var isPaidBefore = refused.CommandTemplateId == DepositDecoder.TemplateId
            && refused.Code == (ushort)RejectCode.AlreadyExists;
        var isOver = refused.CommandTemplateId == InstrumentRulesDecoder.TemplateId
            && refused.Code == (ushort)RejectCode.InstrumentNotOpen;
        if (!isPaidBefore && !isOver && IsOperators(refused.CommandTemplateId))
        {
            throw new OperatorException(
                RefusedError,
                ExitCode.Rejected,
                $"the venue refused the operator's command {refused.CommandTemplateId} on {refused.Reference}: "
                + $"{(RejectCode)refused.Code}",
                "compare the market's settings with what the journal holds: hftdelta journal dump");
        }
    }

    /// <summary>Sessions are opened and closed by the gateway, which hears of refusals itself.</summary>
    private static bool IsOperators(ushort templateId) => templateId is
        OpenAccountDecoder.TemplateId or DepositDecoder.TemplateId or ListUnderlyingDecoder.TemplateId
        or ListInstrumentDecoder.TemplateId or InstrumentRulesDecoder.TemplateId or EpochCloseDecoder.TemplateId;

    private void Send(int lengthBytes)
    {
        var begun = Stopwatch.GetTimestamp();
        while (!_connection.TrySend(_buffer.AsSpan(0, lengthBytes)))
        {
            if (Stopwatch.GetElapsedTime(begun) > SendDeadline)
            {
                throw new TimeoutException("the venue reads no commands of its operator any more");
            }

            Thread.Yield();
        }
    }
}
