using System.Diagnostics;
using HftDelta.Engine;
using HftDelta.Engine.Oracle;
using HftDelta.Gateway.Connections;
using HftDelta.Gateway.Rings;
using HftDelta.Node.Cli;
using HftDelta.Node.Config;
using HftDelta.Node.Control;
using HftDelta.Primitives.Units;
using HftDelta.Replica.Signing;
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
    private const int DomainError = 2408;

    private static readonly TimeSpan SendDeadline = TimeSpan.FromSeconds(10);

    private readonly OperatorLine _line;
    private readonly MarketKeeper _keeper;
    private readonly uint _listedBefore;
    private readonly bool _isGoverned;
    private readonly List<Func<int>> _missing = [];
    private ulong _epoch;

    /// <param name="venue">Opened, not started.</param>
    /// <param name="market">What it lists; null: nothing.</param>
    /// <param name="marketPath">Where the listed market is kept, with every expiry as a moment.</param>
    /// <exception cref="OperatorException">The listed market was signed for in another domain.</exception>
    public VenueOperator(Venue venue, MarketSettings? market, string marketPath)
    {
        _line = new OperatorLine(venue.Operator);
        var listed = market is not null && File.Exists(marketPath) ? MarketSettings.Read(marketPath) : market;
        if (listed is not null && listed.SignedDomain != market!.SignedDomain)
        {
            throw new OperatorException(
                DomainError, ExitCode.Usage, "the market names another domain than the one that the venue was listed with",
                $"take the domain of {marketPath}: what was signed up to now is worth nothing in another");
        }

        _keeper = new MarketKeeper(listed, marketPath);
        Desk = new ControlDesk(_line, _keeper);
        Public = new PublicCounts(
            venue.Connect(SessionHandle.None, ConnectionInterests.MarketData), Market?.Underlyings.Count ?? 0);

        // The venue is not started: nobody applies.
        var view = venue.Processor.View;
        _epoch = view.Epoch;
        _listedBefore = view.InstrumentCount;
        _isGoverned = view.AreParametersGoverned;
        _keeper.IsListed = Market is null || _listedBefore >= Market.Instruments.Count;
        FindWhatIsMissing(view);
        FindKeys(view);
    }

    public PublicCounts Public { get; }

    /// <summary>Serves requests of operators from outside; what they have sequenced goes through the same line.</summary>
    public ControlDesk Desk { get; }

    /// <summary>Nothing is left to list.</summary>
    public bool IsListed => _keeper.IsListed;

    public int Instruments => Market?.Instruments.Count ?? 0;

    /// <summary>The last epoch that was asked to be closed, or was closed before.</summary>
    public ulong Epoch => _epoch;

    private MarketSettings? Market => _keeper.Market;

    private byte[] Buffer => _line.Buffer;

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
        _line.Read(Hear);
        Desk.Step();
        if (IsListed || !Market!.Underlyings.All(underlying => Public.PriceOf(underlying.UnderlyingId).Value > 0))
        {
            return OperatorNews.None;
        }

        ListInstruments(now);
        _keeper.IsListed = true;
        return OperatorNews.Listed;
    }

    public void CloseEpoch() => Send(OperatorFrames.CloseEpoch(Buffer, ++_epoch));

    private void FindWhatIsMissing(in VenueView view)
    {
        foreach (var account in Market?.Accounts ?? [])
        {
            var id = new AccountId(account.AccountId);
            if (!view.IsOpen(id))
            {
                _missing.Add(() => OperatorFrames.OpenAccount(Buffer, account));
            }

            // Sent again after a restart: if the account was opened and not yet paid into, this is where it is made good,
            // otherwise the number of the deposit refuses it.
            if (account.DepositAtoms > 0)
            {
                var amount = new Atoms(account.DepositAtoms);
                _missing.Add(() => OperatorFrames.Deposit(Buffer, id, amount, FirstDepositId));
            }
        }

        foreach (var underlying in Market?.Underlyings ?? [])
        {
            if (underlying.UnderlyingId > view.UnderlyingCount)
            {
                _missing.Add(() => OperatorFrames.List(Buffer, underlying));
                if (underlying.MarginBufferPpm > 0)
                {
                    _missing.Add(() => OperatorFrames.Activate(
                        Buffer, ParameterId.MarginBufferPpm, underlying.UnderlyingId, underlying.MarginBufferPpm));
                }
            }
            else
            {
                Public.Know(underlying.UnderlyingId, view.OraclePrice(new UnderlyingId(underlying.UnderlyingId)));
            }

            FindOracle(underlying, view.Time);
        }

        if (Market is not null)
        {
            _missing.AddRange(MoneyFrames.Of(Market, view, Buffer));
        }

        // Said again after a restart: the venue may have stopped between a listing and its rules. Rules that are there stay where
        // parameters are governed.
        foreach (var listed in Market?.Instruments.Where(listed => listed.InstrumentId <= _listedBefore) ?? [])
        {
            if (listed.Rules is { } rules)
            {
                _missing.Add(() => OperatorFrames.Rules(Buffer, new InstrumentId(listed.InstrumentId), rules));
            }

            if (listed.FeeScheduleId != 0)
            {
                _missing.Add(
                    () => MoneyFrames.Instrument(Buffer, new InstrumentId(listed.InstrumentId), listed.FeeScheduleId));
            }
        }

        // It stopped after its last listing and before the seal.
        if (IsListed && Market?.Governance is { } governance && !view.AreParametersGoverned)
        {
            _missing.AddRange(SettingUp(governance));
        }
    }

    /// <summary>Said again after a restart, as the settings are now; a point of the curve that is past is left out.</summary>
    private void FindOracle(MarketUnderlying underlying, TimeNanos now)
    {
        if (underlying.Oracle is not { } oracle)
        {
            return;
        }

        var id = new UnderlyingId(underlying.UnderlyingId);
        _missing.Add(() => OperatorFrames.OracleRules(Buffer, id, oracle));
        var ahead = oracle.Forwards.Where(point => point.ExpiryTimeNanos > now.Value);
        foreach (var points in ahead.Chunk(OracleLimits.ForwardPointsPerUpdate))
        {
            _missing.Add(() => OperatorFrames.Forwards(Buffer, id, points));
        }
    }

    private void FindKeys(in VenueView view)
    {
        Span<byte> address = stackalloc byte[EthereumAddress.LengthBytes];
        for (uint key = 0; key < VenueView.GovernanceKeyLimit; key++)
        {
            if (view.TryGetGovernanceKey(key, address))
            {
                Desk.Know(key, EthereumAddress.From(address));
            }
        }
    }

    /// <summary>From the last of it on, parameters are out of the operator's hands.</summary>
    private IEnumerable<Func<int>> SettingUp(MarketGovernance governance) =>
    [
        .. governance.Keys.Select<MarketGovernanceKey, Func<int>>(key => () => OperatorFrames.Key(Buffer, key)),
        .. governance.Envelopes.Select<MarketEnvelope, Func<int>>(
            envelope => () => OperatorFrames.Envelope(Buffer, envelope)),
        () => OperatorFrames.Seal(Buffer, governance.TimeLockNanos),
    ];

    private void ListInstruments(TimeNanos now)
    {
        // The terms are on disk before the first instrument is in the journal: a restart in between finds them.
        var market = _listedBefore == 0 ? _keeper.List(now.Value) : Market!;

        foreach (var instrument in market.Instruments.Where(instrument => instrument.InstrumentId > _listedBefore))
        {
            var underlying = market.Underlyings[(int)instrument.UnderlyingId - 1];
            Send(OperatorFrames.List(Buffer, instrument, underlying, Public.PriceOf(underlying.UnderlyingId)));
            if (instrument.Rules is { } rules)
            {
                Send(OperatorFrames.Rules(Buffer, new InstrumentId(instrument.InstrumentId), rules));
            }

            if (instrument.FeeScheduleId != 0)
            {
                Send(MoneyFrames.Instrument(Buffer, new InstrumentId(instrument.InstrumentId), instrument.FeeScheduleId));
            }
        }

        foreach (var underlying in market.Underlyings)
        {
            foreach (var slice in underlying.Volatilities ?? [])
            {
                Send(OperatorFrames.Volatilities(Buffer, underlying.UnderlyingId, slice));
            }
        }

        foreach (var encode in market.Governance is { } governance && !_isGoverned ? SettingUp(governance) : [])
        {
            Send(encode());
        }
    }

    private void Hear(scoped in RingRecord record)
    {
        InternalSchema.TryPeekHeader(record.Frame, out var header);
        if (header.TemplateId == CommandRefusedDecoder.TemplateId)
        {
            Judge(CommandRefusedDecoder.Trusted(record.Frame));
        }
        else
        {
            Desk.Hear(in record);
        }
    }

    private static void Judge(in CommandRefusedDecoder refused)
    {
        var isPaidBefore = refused.CommandTemplateId == DepositDecoder.TemplateId
            && refused.Code == (ushort)RejectCode.AlreadyExists;
        var isOver = refused.CommandTemplateId is InstrumentRulesDecoder.TemplateId or InstrumentFeesDecoder.TemplateId
            && refused.Code == (ushort)RejectCode.InstrumentNotOpen;

        // Said again at a start: those who govern have the word by now.
        var isGoverned = refused.Code == (ushort)RejectCode.ParametersGoverned
            && refused.CommandTemplateId is InstrumentRulesDecoder.TemplateId or InstrumentFeesDecoder.TemplateId
                or FeeScheduleDecoder.TemplateId or AssetTermsDecoder.TemplateId or OracleRulesDecoder.TemplateId;
        if (!isPaidBefore && !isOver && !isGoverned && IsOperators(refused.CommandTemplateId))
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
        or ListInstrumentDecoder.TemplateId or ListStrategyDecoder.TemplateId or InstrumentRulesDecoder.TemplateId
        or EpochCloseDecoder.TemplateId or FeeScheduleDecoder.TemplateId or InstrumentFeesDecoder.TemplateId
        or AccountTierDecoder.TemplateId or ListAssetDecoder.TemplateId or AssetTermsDecoder.TemplateId
        or OracleRulesDecoder.TemplateId or ForwardUpdateDecoder.TemplateId or ParameterActivationDecoder.TemplateId
        or SetVolatilitySliceDecoder.TemplateId
        or GovernanceKeyDecoder.TemplateId or ParameterEnvelopeDecoder.TemplateId or GovernanceSealDecoder.TemplateId;

    private void Send(int lengthBytes)
    {
        var begun = Stopwatch.GetTimestamp();
        while (!_line.TrySend(lengthBytes, isOwn: true))
        {
            if (Stopwatch.GetElapsedTime(begun) > SendDeadline)
            {
                throw new TimeoutException("the venue reads no commands of its operator any more");
            }

            Thread.Yield();
        }
    }
}
